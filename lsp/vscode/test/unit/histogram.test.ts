import assert from "node:assert/strict";
import { test } from "node:test";
import { csv, type Histogram, length, type Outcome, percent, read, sorted, summary } from "../../src/histogram";

function outcome(label: string, count: number, more: Partial<Outcome> = {}): Outcome {
  return { label, count, probability: count / 10, error: 0.1, trap: null, ...more };
}

const PRINTED = `{"shots": 10, "outcomes": [
  {"label": "0", "values": [{"name": "b", "value": 0}], "count": 6, "probability": 0.6, "error": 0.1, "status": 0, "trap": null},
  {"label": "1 [status 77]", "values": [{"name": "b", "value": 1}], "count": 4, "probability": 0.4, "error": 0.1,
   "status": 77, "trap": {"code": "T77", "message": "one"}}],
  "records": {}, "repeated": null, "stats": {"instructions": 12, "seconds": 0.5, "seed": 8850751116492181725}}`;

function histogram(): Histogram {
  const found = read("a", PRINTED);
  assert.ok("outcomes" in found);
  return found;
}

test("what the command prints is read, a seed of 64 bits to the last digit", () => {
  const found = histogram();
  assert.deepEqual(found.names, ["b"]);
  assert.equal(found.seed, "8850751116492181725");
  assert.deepEqual(
    found.outcomes.map((each) => [each.label, each.count, each.trap]),
    [
      ["0", 6, null],
      ["1 [status 77]", 4, "one"],
    ],
  );
  assert.equal(summary(found), "2 outcomes of 10 shots, 4 of them trapped");
});

test("runs that record different things have no common names", () => {
  const found = read("a", PRINTED.replace('"name": "b", "value": 1', '"name": "c", "value": 1'));
  assert.ok("outcomes" in found);
  assert.deepEqual(found.names, []);
});

test("faults are read too, anything else is refused", () => {
  const found = read("a", '[{"code": "E0501", "message": "cannot read", "file": null, "line": null}]');
  assert.ok(Array.isArray(found));
  assert.equal(found[0]?.code, "E0501");
  for (const text of ["", "3", "null", "{}", "Traceback"]) assert.throws(() => read("a", text), text);
});

test("orders", () => {
  const all = [outcome("10", 3), outcome("9", 3), outcome("1", 5)];
  const labels = (key: "label" | "count", descending: boolean) =>
    sorted(all, key, descending).map((each) => each.label);
  assert.deepEqual(labels("count", true), ["1", "9", "10"]);
  assert.deepEqual(labels("count", false), ["9", "10", "1"]);
  assert.deepEqual(labels("label", false), ["1", "9", "10"]);
  assert.deepEqual(labels("label", true), ["10", "9", "1"]);
  assert.equal(all[0]?.label, "10", "what is given stays as it is");
});

test("bars and shares", () => {
  const all = [outcome("a", 5), outcome("b", 2)];
  assert.deepEqual(
    all.map((each) => length(each, all)),
    [1, 0.4],
  );
  assert.equal(length(outcome("a", 0), [outcome("a", 0)]), 0);
  assert.equal(percent(outcome("a", 5)), "50.0 % ± 10.0");
  assert.equal(percent(outcome("a", 10, { error: 0 })), "100.0 %");
  assert.equal(percent(outcome("a", 5, { error: 0.0001 })), "50.000 % ± 0.010");
});

test("CSV keeps leading zeros, quotes, and makes no formula", () => {
  const found = {
    ...histogram(),
    outcomes: [outcome("00", 5), outcome('a,"b"', 3), outcome("=1+1", 2, { trap: "@x" })],
  };
  assert.equal(
    csv(found),
    'outcome,count,probability,error,trap\r\n"00",5,0.5,0.1,\r\n"a,""b""",3,0.3,0.1,\r\n\'=1+1,2,0.2,0.1,\'@x\r\n',
  );
});
