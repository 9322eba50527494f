/** What the toolchain makes of a program, shown beside it: assembly, circuit, control flow, a table, an explanation. */

import * as fs from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import * as lines from "./commandline";
import type { Documents } from "./documents";
import type { Views } from "./panels";
import type { Server } from "./server";
import { folderOf, meant, saved } from "./target";
import type { Toolchain } from "./toolchain";

/** Milliseconds for one view. A program that draws its circuit runs, and stops by itself after a minute. */
const PATIENCE = 90_000;
const CODE = /^[A-Z]\d{2,4}$/i;
const METHOD_NOT_FOUND = -32601;

/** The scheme of explanations: the server names such addresses behind codes. */
export const EXPLAIN = "qbc-explain";

/** What the server says of a code. */
interface Explained {
  readonly markdown: string;
}

/** What the server makes of a document: a drawing, as a picture or in letters, or why there is none. */
interface Drawn {
  readonly svg?: string | null;
  readonly text?: string;
  /** In the language of Graphviz. */
  readonly dot?: string;
  readonly message?: string;
}

export class Shows implements vscode.TextDocumentContentProvider {
  constructor(
    private readonly toolchain: Toolchain,
    private readonly server: Server,
    private readonly documents: Documents,
    private readonly views: Views,
  ) {}

  /** The instructions that a source becomes; anew whenever it is saved. */
  async disassembly(given: unknown): Promise<void> {
    const uri = await saved(given);
    if (uri === undefined) return;
    const folder = folderOf(uri);
    // The first line of the listing names the file as it is given here.
    const file = lines.fileArgument(path.relative(folder, uri.fsPath));
    const make = () => this.text("qbcc", ["compile", "--emit", "asm", file], folder);
    await this.documents.open(`${path.basename(uri.fsPath)} (instructions).qbc`, make, uri.fsPath);
  }

  /** The circuit of a document, or of one of its functions, as the server or else the command line draws it. */
  async circuit(given: unknown, gate?: unknown): Promise<void> {
    const uri = meant(given);
    if (uri === undefined) return;
    const name = path.basename(uri.path);
    const about = typeof gate === "string" ? { function: gate } : {};
    const title = typeof gate === "string" ? `Circuit of ${gate} in ${name}` : `Circuit of ${name}`;
    await this.drawing(title, uri, async () => {
      const asked = await this.asked<Drawn>("qbc/circuit", uri, about);
      return asked ?? this.drawnByCommand(uri);
    });
  }

  /** The control-flow graph of the routine at the cursor, or of the whole program. */
  async controlFlow(given: unknown): Promise<void> {
    const uri = meant(given);
    if (uri === undefined) return;
    const routine = await routineAtCursor(uri);
    const of = routine === undefined ? "" : `${routine} in `;
    await this.drawing(`Control flow of ${of}${path.basename(uri.path)}`, uri, async () => {
      const asked = await this.asked<Drawn>("qbc/controlFlow", uri, routine === undefined ? {} : { routine });
      return asked ?? { message: "The language server does not run, or is too old to draw the flow of control." };
    });
  }

  private async drawing(title: string, uri: vscode.Uri, draw: () => Promise<Drawn>): Promise<void> {
    try {
      const found = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, draw);
      const { svg, message } = found;
      const text = [found.text, found.dot].find(Boolean);
      if (svg) this.views.drawing(`${title} ${uri.toString()}`, title, svg, uri.fsPath);
      else if (text) await this.documents.open(`${title}.txt`, () => Promise.resolve(text), null);
      else void vscode.window.showInformationMessage(message ?? "There is nothing to draw.");
    } catch (error) {
      void vscode.window.showErrorMessage(`${title}: ${firstLine(error)}`);
    }
  }

  /** What the server answers about a document; null if it does not run, does not know the request, or has nothing. */
  private async asked<Answer>(method: string, uri: vscode.Uri, about: object): Promise<Answer | null> {
    const client = this.server.running;
    const textDocument = { uri: client?.code2ProtocolConverter.asUri(uri) };
    return client === null ? null : this.request<Answer>(client, method, { textDocument, ...about });
  }

  private async request<Answer>(client: LanguageClient, method: string, given: object): Promise<Answer | null> {
    const source = new vscode.CancellationTokenSource();
    const timer = setTimeout(() => {
      source.cancel();
    }, PATIENCE);
    try {
      return await client.sendRequest<Answer | null>(method, given, source.token);
    } catch (error) {
      if ((error as { code?: number }).code === METHOD_NOT_FOUND) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      source.dispose();
    }
  }

  private async drawnByCommand(uri: vscode.Uri): Promise<Drawn> {
    const file = await saved(uri);
    if (file === undefined) return { message: "The file was not saved." };
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), "qbc-"));
    try {
      const target = path.join(folder, "circuit.svg");
      await this.text("qbc", ["draw", "-o", target, lines.fileArgument(file.fsPath)], folderOf(file));
      return { svg: await fs.readFile(target, "utf-8") };
    } finally {
      await fs.rm(folder, { recursive: true, force: true });
    }
  }

  /** A saved routing table: checked whole, or what is asked of it. */
  async table(given: unknown): Promise<void> {
    // A lens names the program that makes tables: which one is meant, only the user knows.
    let file = given instanceof vscode.Uri ? given : undefined;
    if (file === undefined) {
      const chosen = await vscode.window.showOpenDialog({
        title: "A saved routing table",
        filters: { "Routing tables": ["bin", "npz", "parquet", "sqlite", "csv", "json"] },
      });
      file = chosen?.[0];
    }
    if (file === undefined) return;
    const items: { label: string; query: lines.Query | null }[] = [
      { label: "Summary, with every entry checked", query: null },
      ...lines.QUERIES.map((query) => ({ label: query.title, query })),
    ];
    const name = path.basename(file.fsPath);
    const picked = await vscode.window.showQuickPick(items, { title: name });
    if (picked === undefined) return;
    const { query } = picked;
    let text: string | undefined = "";
    if (query !== null) {
      const validateInput = (value: string) => lines.wrongQuery(query, value);
      text = await vscode.window.showInputBox({ title: name, prompt: query.prompt, validateInput });
    }
    if (text === undefined) return;
    const command = lines.table(file.fsPath, query, text);
    const folder = path.dirname(file.fsPath);
    const about = query === null ? "summary" : command.slice(1, -1).join(" ").replaceAll("/", "∕");
    await this.documents.open(`${name} (${about}).txt`, () => this.text("qbc", command, folder), null);
  }

  /** More about an error: of the given code, of the one at the cursor, or of one that is asked for. */
  async explain(given: unknown): Promise<void> {
    const here = codesAtCursor();
    let code = typeof given === "string" && CODE.test(given) ? given : here.length === 1 ? here[0] : undefined;
    if (code === undefined && here.length > 1) code = await vscode.window.showQuickPick(here, { title: "Explain" });
    else {
      code ??= await vscode.window.showInputBox({
        title: "Explain an error or a trap",
        prompt: "Its code, such as E0201, S0303 or T71",
        validateInput: (text) => (CODE.test(text.trim()) ? null : "A code is written E0201, S0303 or T71."),
      });
    }
    if (code === undefined) return;
    const uri = vscode.Uri.from({ scheme: EXPLAIN, path: `/${code.trim().toUpperCase()}.md` });
    await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
  }

  /** The text of an explanation, which links behind codes lead to as well. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const code = path.posix.basename(uri.path, ".md");
    const client = this.server.running;
    try {
      const asked = client === null ? null : await this.request<Explained>(client, "qbc/explain", { code });
      return asked?.markdown ?? markdown(await this.text("qbcc", ["explain", code], os.tmpdir()));
    } catch (error) {
      return `# ${code}\n\n${firstLine(error)}\n`;
    }
  }

  /** What a command prints; rejects with the first line of what is wrong. */
  private async text(name: "qbc" | "qbcc", given: string[], cwd: string): Promise<string> {
    const output = await this.toolchain.run(name, given, { cwd, timeout: PATIENCE });
    if (output.code !== 0)
      throw new Error((output.stderr || output.stdout).trim() || `${name} ended with ${output.code}`);
    return output.stdout;
  }
}

/** The function or the label of a subroutine that the cursor is in. */
async function routineAtCursor(uri: vscode.Uri): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.uri.toString() !== uri.toString()) return undefined;
  const symbols = await vscode.commands.executeCommand<
    (vscode.DocumentSymbol | vscode.SymbolInformation)[] | undefined
  >("vscode.executeDocumentSymbolProvider", uri);
  return symbols?.find(
    (each) =>
      each.kind === vscode.SymbolKind.Function && "range" in each && each.range.contains(editor.selection.active),
  )?.name;
}

/** Codes of the toolchain's errors at the cursor. */
function codesAtCursor(): string[] {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return [];
  const found = vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter((each) => each.source === "qbc" && each.range.intersection(editor.selection) !== undefined)
    .map(codeOf)
    .filter((code) => CODE.test(code));
  return [...new Set(found)];
}

/** The code of a diagnostic as text. */
function codeOf(diagnostic: vscode.Diagnostic): string {
  const code = diagnostic.code;
  return String(typeof code === "object" ? code.value : (code ?? ""));
}

/** An explanation's first line as its heading; programs in it are indented, which Markdown knows. */
function markdown(text: string): string {
  return `# ${text}`;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
