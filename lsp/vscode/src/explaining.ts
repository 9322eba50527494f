/** An action beside each error of the toolchain: what its code means. */

import * as vscode from "vscode";
import { codeOf } from "./shows";

export class Explaining implements vscode.CodeActionProvider {
  static readonly kind = vscode.CodeActionKind.QuickFix;

  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const codes = new Set(context.diagnostics.filter((each) => each.source === "qbc").map(codeOf));
    return [...codes]
      .filter((code) => code !== "")
      .map((code) => {
        const action = new vscode.CodeAction(`Explain ${code}`, Explaining.kind);
        action.command = { command: "qbc.explain", title: action.title, arguments: [code] };
        action.diagnostics = context.diagnostics.filter((each) => codeOf(each) === code);
        return action;
      });
  }
}
