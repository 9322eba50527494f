import assert from "node:assert/strict";
import * as vscode from "vscode";
import { test, until } from "./harness";
import { codes, place, ready, replace, shown } from "./support";

const SIGMA = `/// twice: two times a number
fn twice(n: int) -> int {
    return 2 * n;
}

fn main() {
    print("{twice(21)}");
}
`;

function text(hovers: readonly vscode.Hover[]): string {
  // The server speaks in Markdown, never in the older form.
  return hovers
    .flatMap((each) => each.contents as vscode.MarkdownString[])
    .map((each) => each.value)
    .join("\n");
}

test("files have their languages", async () => {
  assert.equal((await shown("language.qbc", "main: QHALT\n")).languageId, "qbc");
  assert.equal((await shown("language.sigma", SIGMA)).languageId, "sigma");
  assert.equal((await shown("language.sigma.json", "{}\n")).languageId, "json");
});

test("the server starts, and says its version", async () => {
  const api = await ready();
  const info = api.server.running?.initializeResult?.serverInfo;
  assert.equal(info?.name, "qbc-lsp");
  assert.match(info.version ?? "", /^\d+\.\d+/);
});

test("errors of assembly come and go", async () => {
  await ready();
  const document = await shown("errors.qbc", "main: QFOO r1\n    QHALT\n");
  assert.deepEqual(await codes(document, 1), ["E0201"]);
  await replace(document, "main: QNOP\n    QHALT\n");
  await codes(document, 0);
});

test("errors of σ and of circuits in JSON", async () => {
  await ready();
  assert.deepEqual(await codes(await shown("errors.sigma", 'fn main() { let x: int = true; print("{x}"); }\n'), 1), [
    "S0301",
  ]);
  const circuit = await shown("errors.sigma.json", '{"qubits": 1, "ops": [{"gate": "hh", "on": [0]}]}\n');
  const found = await until("an error of a circuit", () => {
    const all = vscode.languages.getDiagnostics(circuit.uri).filter((each) => each.source === "qbc");
    return all.length > 0 ? all : null;
  });
  assert.match(found[0]?.message ?? "", /hh/);
});

test("hovers", async () => {
  await ready();
  const document = await shown("hover.sigma", SIGMA);
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    document.uri,
    place(document, "twice(21"),
  );
  assert.match(text(found), /fn twice\(n: int\) -> int[^]*two times a number/);
});

test("completion of assembly and of σ", async () => {
  await ready();
  const labels = async (document: vscode.TextDocument, at: vscode.Position) => {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      "vscode.executeCompletionItemProvider",
      document.uri,
      at,
    );
    return list.items.map((each) => (typeof each.label === "string" ? each.label : each.label.label));
  };
  const assembly = await shown("complete.qbc", "main: QHA\n");
  assert.ok((await labels(assembly, new vscode.Position(0, 9))).includes("QHALT"));
  const sigma = await shown("complete.sigma", SIGMA.replace("{twice(21)}", "{twi}"));
  assert.ok((await labels(sigma, place(sigma, "twi}").translate(0, 3))).includes("twice"));
});

test("definition, references and renaming", async () => {
  await ready();
  const document = await shown("names.sigma", SIGMA);
  const at = place(document, "twice(21");
  const definitions = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    "vscode.executeDefinitionProvider",
    document.uri,
    at,
  );
  const first = definitions[0];
  assert.ok(first !== undefined);
  assert.equal(("range" in first ? first.range : first.targetRange).start.line, 1);
  const references = await vscode.commands.executeCommand<vscode.Location[]>(
    "vscode.executeReferenceProvider",
    document.uri,
    at,
  );
  assert.deepEqual(references.map((each) => each.range.start.line).sort(), [1, 6]);
  const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
    "vscode.executeDocumentRenameProvider",
    document.uri,
    at,
    "double",
  );
  await vscode.workspace.applyEdit(edit);
  assert.ok(document.getText().includes("fn double(n: int)") && document.getText().includes("{double(21)}"));
});

test("formatting", async () => {
  await ready();
  const document = await shown("format.sigma", 'fn main(){print("a");}\n');
  const edits = await vscode.commands.executeCommand<vscode.TextEdit[]>(
    "vscode.executeFormatDocumentProvider",
    document.uri,
    { tabSize: 4, insertSpaces: true },
  );
  const edit = new vscode.WorkspaceEdit();
  edit.set(document.uri, edits);
  await vscode.workspace.applyEdit(edit);
  assert.match(document.getText(), /^fn main\(\) \{/);
});

test("a fix is offered and mends the program", async () => {
  await ready();
  const document = await shown("fix.qbc", "main: QMOVE r1, 2\n    QHALT\n");
  await codes(document, 1);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    new vscode.Range(place(document, "QMOVE"), place(document, "QMOVE").translate(0, 5)),
  );
  const fix = actions.find((each) => each.edit !== undefined && each.title.includes("QMOV"));
  assert.ok(fix?.edit !== undefined, actions.map((each) => each.title).join("; "));
  await vscode.workspace.applyEdit(fix.edit);
  assert.match(document.getText(), /^main: QMOV r1, 2/);
  await codes(document, 0);
});
