import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import {
  answer,
  type Candidate,
  candidates,
  command,
  find,
  installation,
  type Probe,
  QUESTION,
  server,
  wrong,
} from "../../src/environment";

const GOOD: Probe = {
  python: "3.12.1",
  qbc: "0.1.0",
  server: true,
  executable: "/env/bin/python",
  scripts: "/env/bin",
  commands: true,
};

function asking(known: Record<string, Probe>): (python: string) => Promise<Probe> {
  return (python) => {
    const probe = known[python];
    return probe === undefined ? Promise.reject(new Error("ENOENT")) : Promise.resolve(probe);
  };
}

function candidate(python: string, source: Candidate["source"] = "path"): Candidate {
  return { python, source };
}

test("the setting is the only place to look, if there is one", () => {
  const given = { setting: "${workspaceFolder}/env/bin/python", folders: ["/w"], extension: "/e/python" };
  assert.deepEqual(candidates(given, "linux"), [{ python: "/w/env/bin/python", source: "setting" }]);
});

test("places come in their order, each once", () => {
  const given = { setting: "", folders: ["/w"], extension: "/w/.venv/bin/python" };
  assert.deepEqual(
    candidates(given, "linux").map((each) => each.python),
    ["/w/.venv/bin/python", "/w/venv/bin/python", "python3", "python"],
  );
  const windows = candidates({ setting: "", folders: ["C:\\w"], extension: null }, "win32");
  assert.equal(windows[0]?.python, "C:\\w\\.venv\\Scripts\\python.exe");
  assert.equal(windows.at(-1)?.python, "py");
});

test("the first Python with the toolchain is taken, not the first Python", async () => {
  const ask = asking({ a: { ...GOOD, qbc: null, server: false }, b: GOOD });
  const found = await find([candidate("none"), candidate("a", "folder"), candidate("b")], ask);
  assert.ok("environment" in found);
  assert.equal(found.environment.candidate.python, "b");
});

test("without the toolchain, what a Python says counts more than what is not there", async () => {
  const ask = asking({ a: { ...GOOD, server: false }, b: { ...GOOD, qbc: null } });
  const found = await find([candidate("none"), candidate("a"), candidate("b")], ask);
  assert.ok("reason" in found);
  assert.equal(found.reason, "no-server");
  assert.match(found.text, /'a' has QBC without its language server.*pip install 'qbcc\[lsp\]'/);
});

test("nothing at all is said plainly", async () => {
  const found = await find([], asking({}));
  assert.ok("reason" in found && found.candidate === null);
  assert.match(found.text, /There is no Python for QBC/);
});

test("a file that is not there is not asked, unless the setting names it", async () => {
  const asked: string[] = [];
  const ask = (python: string) => {
    asked.push(python);
    return Promise.reject(new Error("ENOENT"));
  };
  await find([candidate("/w/.venv/bin/python", "folder")], ask, () => true);
  const found = await find([candidate("/nowhere/python", "setting")], ask, () => true);
  assert.deepEqual(asked, ["/nowhere/python"]);
  assert.ok("reason" in found);
  assert.match(found.text, /qbc\.interpreterPath names '\/nowhere\/python'/);
});

test("what is wrong with a Python", () => {
  assert.equal(wrong(GOOD), null);
  assert.equal(wrong({ ...GOOD, python: "3.10.9" }), "old-python");
  assert.equal(wrong({ ...GOOD, qbc: null }), "no-toolchain");
  assert.equal(wrong({ ...GOOD, qbc: "0.0.9" }), "old-toolchain");
  assert.equal(wrong({ ...GOOD, server: false }), "no-server");
});

test("an answer is the last line, and whole", () => {
  assert.deepEqual(answer(`hello\n${JSON.stringify(GOOD)}\n`), GOOD);
  assert.throws(() => answer(""));
  assert.throws(() => answer("3"));
  assert.throws(() => answer("null"));
  assert.throws(() => answer(JSON.stringify({ ...GOOD, commands: "yes" })));
});

test("commands are the environment's own, or Python's", () => {
  const environment = { candidate: candidate("python3"), probe: GOOD };
  assert.deepEqual(command(environment, "qbc", "linux"), ["/env/bin/qbc", []]);
  const bare = { ...environment, probe: { ...GOOD, commands: false } };
  assert.deepEqual(command(bare, "qbcc", "linux"), [
    "/env/bin/python",
    ["-P", "-c", "from qbcc.cli.start import qbcc; qbcc()"],
  ]);
  assert.deepEqual(server(environment, ["--x"]), ["/env/bin/python", ["-P", "-m", "lsp", "--x"]]);
});

test("a path with blanks is quoted for the terminal", () => {
  assert.equal(installation("/env/bin/python", "linux"), "/env/bin/python -m pip install 'qbcc[lsp]'");
  assert.equal(installation("/my env/o'h", "linux"), `'/my env/o'\\''h' -m pip install 'qbcc[lsp]'`);
  assert.equal(
    installation("C:\\my env\\python.exe", "win32"),
    `& "C:\\my env\\python.exe" -m pip install "qbcc[lsp]"`,
  );
});

test("a real Python answers the question", () => {
  const python = process.env.QBC_PYTHON ?? "python3";
  const found = answer(execFileSync(python, ["-c", QUESTION], { encoding: "utf-8", timeout: 30_000 }));
  assert.match(found.python, /^3\.\d+\.\d+$/);
  if (process.env.QBC_PYTHON !== undefined) assert.equal(wrong(found), null);
});
