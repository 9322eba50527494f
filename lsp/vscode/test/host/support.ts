/** What tests in the editor share. */

import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import type { Api } from "../../src/extension";
import { until } from "./harness";

let folder: Promise<string> | null = null;

/** The extension, with its server running. */
export async function ready(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>("qbc.qbc");
  if (extension === undefined) throw new Error("the extension is not installed");
  const api = await extension.activate();
  await until("the language server", () => api.server.running);
  return api;
}

/** A source on disk, shown in the editor. */
export async function shown(name: string, text: string): Promise<vscode.TextDocument> {
  const workspace = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  folder ??= workspace === undefined ? fs.mkdtemp(path.join(os.tmpdir(), "qbc-host-")) : Promise.resolve(workspace);
  const file = path.join(await folder, name);
  await fs.writeFile(file, text);
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Where a word stands, the given time. */
export function place(document: vscode.TextDocument, word: string, time = 1): vscode.Position {
  let at = -1;
  for (let i = 0; i < time; i++) at = document.getText().indexOf(word, at + 1);
  if (at < 0) throw new Error(`there is no '${word}'`);
  return document.positionAt(at);
}

/** Put a text in the place of all. */
export async function replace(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
}

/** Codes of the errors that are shown, once there are as many. */
export async function codes(document: vscode.TextDocument, count: number): Promise<string[]> {
  const found = await until(`${count} diagnostics`, () => {
    const all = vscode.languages.getDiagnostics(document.uri).filter((each) => each.source === "qbc");
    return all.length === count ? all : null;
  });
  return found.map(({ code }) => String(typeof code === "object" ? code.value : code));
}
