import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness";
import { codes, ready, replace, shown } from "./support";

const BELL = `fn main() {
    let q = qubits(2);
    h(q[0]);
    cx(q[0], q[1]);
    record("first", measure(q[0]));
    record("second", measure(q[1]));
}
`;

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

/** The visible read-only document of a scheme. */
function view(scheme: string): vscode.TextDocument | undefined {
  return vscode.workspace.textDocuments.find((each) => each.uri.scheme === scheme);
}

test("every command of package.json is there", async () => {
  await ready();
  const known = new Set(await vscode.commands.getCommands(true));
  const manifest = vscode.extensions.getExtension("qbc.qbc")?.packageJSON as Manifest;
  const declared = manifest.contributes.commands;
  assert.ok(declared.length > 5);
  assert.deepEqual(
    declared.map((each) => each.command).filter((name) => !known.has(name)),
    [],
  );
});

test("Run saves, and runs the program to its end", async () => {
  await ready();
  const document = await shown("run.sigma", "fn main() { halt(4); }\n");
  await replace(document, "fn main() { halt(3); }\n");
  assert.ok(document.isDirty);
  const ended = new Promise<number | undefined>((resolve) => {
    const listener = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution.task.definition.type !== "qbc") return;
      listener.dispose();
      resolve(event.exitCode);
    });
  });
  await vscode.commands.executeCommand("qbc.run");
  assert.equal(await ended, 3);
  assert.ok(!document.isDirty);
});

test("Run with Shots shows bars", async () => {
  const api = await ready();
  const document = await shown("shots.sigma", BELL);
  await vscode.commands.executeCommand("qbc.runWithShots", document.uri, 20);
  const { html, title } = await until("the histogram", () =>
    api.views.last?.kind === "histogram" ? api.views.last : null,
  );
  assert.equal(title, "Outcomes of shots.sigma");
  assert.match(html, /default-src 'none'; style-src 'nonce-[\w-]+'; script-src 'nonce-[\w-]+'"/);
});

test("Show Circuit draws", async () => {
  const api = await ready();
  const document = await shown("circuit.sigma", BELL);
  await vscode.commands.executeCommand("qbc.showCircuit", document.uri);
  const { html } = await until(
    "the drawing",
    () => (api.views.last?.kind === "drawing" ? api.views.last : null),
    80_000,
  );
  const data = /src="data:image\/svg\+xml;base64,([^"]+)"/.exec(html)?.[1] ?? "";
  assert.match(Buffer.from(data, "base64").toString("utf-8"), /<svg[^]*<\/svg>/);
});

test("Show Disassembly follows what is saved", async () => {
  await ready();
  const document = await shown("listing.sigma", BELL);
  await vscode.commands.executeCommand("qbc.showDisassembly", document.uri);
  const listing = await until("the listing", () => view("qbc-view"));
  assert.equal(listing.languageId, "qbc");
  assert.match(listing.getText(), /\bQCX\b/);
  await replace(document, BELL.replace("h(q[0]);", "rx(q[0], 0.5);"));
  await document.save();
  await until("the listing anew", () => /\bQRX\b/.test(listing.getText()));
});

test("Explain opens what the toolchain says", async () => {
  await ready();
  const explained = await vscode.workspace.openTextDocument(vscode.Uri.parse("qbc-explain:/E0201.md"));
  assert.match(explained.getText(), /^# E0201: an instruction that does not exist/);
  await vscode.commands.executeCommand("qbc.explain", "E0201");
});

test("tasks of the folder and of the file", async () => {
  await ready();
  await shown("tasks.sigma", BELL);
  const found = await vscode.tasks.fetchTasks({ type: "qbc" });
  if (vscode.workspace.workspaceFolders === undefined) return;
  const kinds = new Set(found.map((each) => String(each.definition.task)));
  assert.deepEqual([...kinds].sort(), ["check", "compile", "format check", "lint", "run", "test"]);
  assert.ok(found.some((each) => each.group?.id === "build"));
});

test("the server starts anew, and knows what is open", async () => {
  const api = await ready();
  const document = await shown("restart.qbc", "main: QFOO\n");
  await codes(document, 1);
  const before = api.server.running;
  await vscode.commands.executeCommand("qbc.restartServer");
  await until("another server", () => api.server.running !== null && api.server.running !== before);
  await codes(document, 1);
});

test("an interpreter that is none is said, and another one helps", async () => {
  const api = await ready();
  const settings = vscode.workspace.getConfiguration("qbc");
  const before = settings.inspect<string>("interpreterPath")?.globalValue;
  await settings.update("interpreterPath", "/nowhere/python", vscode.ConfigurationTarget.Global);
  try {
    await until("the server's end", () => api.server.running === null);
    const found = await until("the search", async () => {
      const now = await api.toolchain.find();
      return "reason" in now ? now : null;
    });
    assert.match(found.text, /qbc\.interpreterPath names '\/nowhere\/python'/);
  } finally {
    await settings.update("interpreterPath", before, vscode.ConfigurationTarget.Global);
  }
  await until("the server", () => api.server.running);
});
