/** The file that a command is about. */

import * as path from "node:path";
import * as vscode from "vscode";

/** Whether the toolchain takes a file for a source. */
export function isSource(uri: vscode.Uri): boolean {
  return /\.(?:qbc|sigma|sigma\.json)$/.test(uri.path);
}

/** What a menu, a lens or the keyboard means: an address, or the editor's document. */
export function meant(given: unknown): vscode.Uri | undefined {
  if (given instanceof vscode.Uri) return given;
  if (typeof given === "string") return vscode.Uri.parse(given, true);
  return vscode.window.activeTextEditor?.document.uri;
}

/** The file on disk with what the editor has; undefined, and said why, if there is none. */
export async function saved(given: unknown): Promise<vscode.Uri | undefined> {
  let uri = meant(given);
  const document = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri?.toString());
  if (document?.isDirty === true || document?.isUntitled === true) uri = await vscode.workspace.save(document.uri);
  if (uri === undefined) {
    if (document === undefined) await vscode.window.showInformationMessage("Open a source in QBC or σ first.");
    return undefined;
  }
  if (uri.scheme !== "file") {
    await vscode.window.showErrorMessage(`QBC runs files on disk, and '${path.posix.basename(uri.path)}' is none.`);
    return undefined;
  }
  return uri;
}

/** Where commands about a file are run: its folder of the workspace, else the folder it lies in. */
export function folderOf(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
}
