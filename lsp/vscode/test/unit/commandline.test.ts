import assert from "node:assert/strict";
import { test } from "node:test";
import { QUERIES, run, shots, shotsOf, table, task, TASKS, wrongQuery, wrongShots } from "../../src/commandline";

test("numbers of shots", () => {
  for (const text of ["1", " 1000 ", "1_000_000", "1 000", "1099511627776"]) assert.equal(wrongShots(text), null, text);
  for (const text of ["", "0", "-1", "1.5", "1e3", "many", "1099511627777", "９"])
    assert.notEqual(wrongShots(text), null);
  assert.equal(shotsOf(" 1_000 "), 1000);
});

test("runs", () => {
  assert.deepEqual(run("/w/a.sigma", "aer"), ["run", "/w/a.sigma"]);
  assert.deepEqual(run("/w/a.sigma", "mock"), ["run", "--backend", "mock", "/w/a.sigma"]);
  assert.deepEqual(shots("-a.qbc", 10, ""), ["run", "--shots", "10", "--json", "./-a.qbc"]);
});

test("every task has its command, with the file last", () => {
  for (const kind of TASKS) {
    const [, given] = task(kind, "a.sigma", ["-D", "N=2"]);
    assert.deepEqual(given.slice(-3), ["-D", "N=2", "a.sigma"]);
  }
  assert.deepEqual(task("format check", "a", []), ["qbcc", ["fmt", "--check", "a"]]);
  assert.deepEqual(task("test", "a", []), ["qbc", ["test", "a"]]);
});

test("questions to a table", () => {
  const [node, , place, , triangle] = QUERIES;
  assert.equal(wrongQuery(node, " 12 "), null);
  assert.equal(wrongQuery(node, "1 2"), node.prompt);
  assert.equal(wrongQuery(node, "--json"), node.prompt);
  assert.equal(wrongQuery(place, "1.5, -2e3"), null);
  assert.equal(wrongQuery(triangle, "0xF00"), null);
  assert.deepEqual(table("t.npz", place, "1.5, -2"), ["table", "--j", "1.5", "-2", "t.npz"]);
  assert.deepEqual(table("t.npz", null, ""), ["table", "t.npz"]);
});
