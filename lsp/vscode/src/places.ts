/** What lenses and actions of the server call: VS Code's commands with arguments of the protocol. */

import * as vscode from "vscode";

interface Position {
  readonly line: number;
  readonly character: number;
}

interface Location {
  readonly uri: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

function position(given: Position): vscode.Position {
  return new vscode.Position(given.line, given.character);
}

/** Show places in the editor's list; an address, a position and locations as the protocol has them. */
export async function showReferences(uri: string, at: Position, locations: Location[]): Promise<void> {
  await vscode.commands.executeCommand(
    "editor.action.showReferences",
    vscode.Uri.parse(uri, true),
    position(at),
    locations.map(
      (each) =>
        new vscode.Location(
          vscode.Uri.parse(each.uri, true),
          new vscode.Range(position(each.range.start), position(each.range.end)),
        ),
    ),
  );
}

/** Let the user choose a name: VS Code's box for it, at a place. */
export async function renameAt(uri: string, at: Position): Promise<void> {
  await vscode.commands.executeCommand("editor.action.rename", [vscode.Uri.parse(uri, true), position(at)]);
}
