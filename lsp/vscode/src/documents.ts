/** Read-only documents that commands make: disassemblies, tables, explanations. */

import * as vscode from "vscode";

/** The scheme of their addresses. */
export const SCHEME = "qbc-view";

/** Makes a document's text. */
export type Make = () => Promise<string>;

export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly makers = new Map<string, { make: Make; file: string | null }>();
  private readonly disposables: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor() {
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidSaveTextDocument((document) => {
        for (const [address, { file }] of this.makers) {
          if (file === document.uri.fsPath) this.changed.fire(vscode.Uri.parse(address));
        }
      }),
    ];
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const maker = this.makers.get(uri.toString());
    if (maker === undefined) return "; This view is made by a command: run it again.\n";
    try {
      return await maker.make();
    } catch (error) {
      return `; ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  /** A document by a name with an ending; made anew when a file is saved. */
  add(name: string, make: Make, file: string | null): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.makers.set(uri.toString(), { make, file });
    this.changed.fire(uri);
    return uri;
  }

  /** Show one beside the editor, in the language of its ending. */
  async open(name: string, make: Make, file: string | null): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.add(name, make, file));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
