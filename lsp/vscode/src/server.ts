/** The language server: started, watched, started anew, and what the editor shows of it. */

import * as vscode from "vscode";
import {
  CodeLensRequest,
  DidChangeConfigurationNotification,
  LanguageClient,
  type LanguageClientOptions,
  State,
  TransportKind,
} from "vscode-languageclient/node";
import * as environments from "./environment";
import { initialization, needsRestart, setting, showsLens } from "./settings";
import { type Toolchain, within } from "./toolchain";

/** Milliseconds until a server that does not answer is given up. */
const START = 30_000;
const STOP = 3_000;
/** Milliseconds without another change of settings. */
const QUIET = 300;
const DOCS = "https://pypi.org/project/qbc/";

/** What the server is asked about. */
export const SELECTOR: { scheme: string; language?: string; pattern?: string }[] = ["file", "untitled"].flatMap(
  (scheme) => [
    { scheme, language: "qbc" },
    { scheme, language: "sigma" },
    { scheme, pattern: "**/*.sigma.json" },
  ],
);

export class Server implements vscode.Disposable {
  private client: LanguageClient | null = null;
  private turn: Promise<void> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;
  private readonly status: vscode.LanguageStatusItem;
  private readonly disposables: vscode.Disposable[] = [];
  private told = "";

  constructor(
    private readonly toolchain: Toolchain,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.status = vscode.languages.createLanguageStatusItem("qbc.server", SELECTOR);
    this.status.name = "QBC";
    this.disposables.push(
      this.status,
      toolchain.onDidChange(() => {
        this.soon();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (needsRestart(change)) this.soon();
        else if (change.affectsConfiguration("qbc")) this.tell();
        if (change.affectsConfiguration("qbc.lens")) this.lensesChanged();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.soon();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.soon();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const each of this.disposables) each.dispose();
  }

  /** The client while the server runs. */
  get running(): LanguageClient | null {
    return this.client?.state === State.Running ? this.client : null;
  }

  /** Start anew once the settings are quiet. */
  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.restart(), QUIET);
  }

  /** Stop what runs and start; one after the other, however often it is asked. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      try {
        this.toolchain.forget();
        await this.stopNow();
        await this.startNow();
      } catch (error) {
        this.failed(`The language server did not start: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
    return this.turn;
  }

  /** For good. */
  stop(): Promise<void> {
    clearTimeout(this.timer);
    this.turn = this.turn.then(() => this.stopNow());
    return this.turn;
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = null;
    if (client === null) return;
    try {
      await client.stop(STOP);
    } catch (error) {
      this.log.warn(`The language server did not stop in time: ${String(error)}`);
    }
    // Its process is gone with it; what it showed goes here.
    await within(STOP, client.dispose(STOP));
  }

  private async startNow(): Promise<void> {
    if (!vscode.workspace.isTrusted) {
      this.show("restricted mode", vscode.LanguageStatusSeverity.Warning, "It runs in trusted folders only.", {
        title: "Manage trust",
        command: "workbench.trust.manage",
      });
      return;
    }
    this.show("looking for Python …", vscode.LanguageStatusSeverity.Information, "");
    this.status.busy = true;
    const found = await this.toolchain.find();
    if (!("environment" in found)) {
      this.missing(found);
      return;
    }
    const [program, args] = environments.server(found.environment, setting("server.arguments"));
    const client = new LanguageClient(
      "qbc",
      "QBC Language Server",
      {
        command: program,
        args,
        transport: TransportKind.stdio,
        options: { env: { ...process.env, PYTHONUTF8: "1" } },
      },
      this.options(),
    );
    this.client = client;
    client.onDidChangeState((change) => {
      if (this.client === client && change.newState === State.Stopped) {
        this.failed("The language server stopped.");
      } else if (this.client === client && change.newState === State.Running) {
        this.ready(found.environment);
      }
    });
    this.show("starting …", vscode.LanguageStatusSeverity.Information, program);
    this.status.busy = true;
    const started = await within(
      START,
      client.start().then(() => true),
    );
    if (started === null) {
      await this.stopNow();
      this.failed(`The language server gave no answer in ${START / 1000} seconds.`);
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: SELECTOR,
      initializationOptions: initialization(),
      outputChannelName: "QBC Language Server",
      diagnosticCollectionName: "qbc",
      markdown: { isTrusted: false, supportHtml: false },
      middleware: {
        provideCodeLenses: async (document, token, next) =>
          (await next(document, token))?.filter((lens) => showsLens(lens.command?.command)),
      },
      synchronize: {
        fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{qbc,sigma,sigma.json}"),
      },
    };
  }

  /** Tell the server that settings have changed: it asks for them. */
  private tell(): void {
    void this.running?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  }

  /** Let the editor ask for lenses again. */
  private lensesChanged(): void {
    const feature = this.client?.getFeature(CodeLensRequest.method);
    for (const document of vscode.workspace.textDocuments) {
      feature?.getProvider(document)?.onDidChangeCodeLensEmitter.fire();
    }
  }

  private ready(environment: environments.Environment): void {
    const version = environment.probe.qbc ?? "";
    this.told = "";
    this.show(`QBC ${version}`, vscode.LanguageStatusSeverity.Information, environment.probe.executable, {
      title: "Restart",
      command: "qbc.restartServer",
    });
  }

  private show(text: string, severity: vscode.LanguageStatusSeverity, detail: string, command?: vscode.Command): void {
    this.status.text = text;
    this.status.severity = severity;
    this.status.detail = detail;
    this.status.busy = false;
    this.status.command = command;
    this.status.accessibilityInformation = { label: `QBC: ${text}. ${detail}` };
  }

  private failed(text: string): void {
    this.log.error(text);
    this.show("stopped", vscode.LanguageStatusSeverity.Error, text, { title: "Restart", command: "qbc.restartServer" });
    void this.ask(text, { Restart: "qbc.restartServer", "Show output": "qbc.showOutput" });
  }

  private missing(found: Exclude<environments.Found, { environment: unknown }>): void {
    this.show("not installed", vscode.LanguageStatusSeverity.Error, found.text, {
      title: "Choose interpreter",
      command: "qbc.chooseInterpreter",
    });
    const buttons: Record<string, string> = { "Choose interpreter": "qbc.chooseInterpreter", "Open docs": "qbc.docs" };
    const can = found.reason !== "missing" && found.reason !== "old-python";
    void this.ask(found.text, can ? { "Install in terminal": "qbc.install", ...buttons } : buttons);
  }

  /** Say something once, with commands as buttons. */
  private async ask(text: string, buttons: Record<string, string>): Promise<void> {
    if (this.told === text) return;
    this.told = text;
    const chosen = await vscode.window.showErrorMessage(text, ...Object.keys(buttons));
    const command = chosen === undefined ? undefined : buttons[chosen];
    if (command === "qbc.docs") await vscode.env.openExternal(vscode.Uri.parse(DOCS));
    else if (command !== undefined) await vscode.commands.executeCommand(command);
  }
}

/** Let the user choose a Python; the setting of the folder has it then. */
export async function chooseInterpreter(): Promise<void> {
  const python = await vscode.window.showOpenDialog({
    title: "The Python that has QBC",
    openLabel: "Choose",
    canSelectMany: false,
  });
  const chosen = python?.[0]?.fsPath;
  if (chosen === undefined) return;
  const target =
    vscode.workspace.workspaceFolders === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace.getConfiguration("qbc").update("interpreterPath", chosen, target);
}

/** Install what is missing where the user can see it; the server starts anew when the terminal's command has ended. */
export async function install(toolchain: Toolchain, server: Server): Promise<void> {
  toolchain.forget();
  const found = await toolchain.find();
  const python = "environment" in found ? found.environment.probe.executable : found.candidate?.python;
  if (python === undefined) {
    await vscode.window.showErrorMessage("There is no Python to install QBC with.");
    return;
  }
  const terminal = vscode.window.createTerminal({ name: "Install QBC" });
  terminal.show();
  terminal.sendText(environments.installation(python, process.platform));
  const closed = vscode.window.onDidCloseTerminal((other) => {
    if (other !== terminal) return;
    closed.dispose();
    void server.restart();
  });
  const ended = vscode.window.onDidEndTerminalShellExecution((event) => {
    if (event.terminal !== terminal) return;
    ended.dispose();
    void server.restart();
  });
}
