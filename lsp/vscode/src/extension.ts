/** The wiring. */

import * as vscode from "vscode";
import { Documents } from "./documents";
import { newExample } from "./example";
import { Views } from "./panels";
import { renameAt, showReferences } from "./places";
import { chooseInterpreter, install, Server } from "./server";
import { Shots } from "./shots";
import { EXPLAIN, Shows } from "./shows";
import { Tasks, TYPE } from "./tasks";
import { Toolchain } from "./toolchain";

/** What other extensions, and the tests, can see. */
export interface Api {
  readonly server: Server;
  readonly toolchain: Toolchain;
  readonly views: Views;
}

let server: Server | null = null;

export function activate(context: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel("QBC", { log: true });
  const toolchain = new Toolchain(context.extensionPath, log);
  const views = new Views(context.extensionUri);
  const documents = new Documents();
  const running = (server = new Server(toolchain, log));
  const shots = new Shots(toolchain, views, context.workspaceState);
  const shows = new Shows(toolchain, running, documents, views);
  const tasks = new Tasks(toolchain);
  const commands: Record<string, (...given: never[]) => unknown> = {
    "qbc.run": (given: unknown) => tasks.runFile(given),
    "qbc.runWithShots": (given: unknown, count: unknown) => shots.run(given, count),
    "qbc.showDisassembly": (given: unknown) => shows.disassembly(given),
    "qbc.showCircuit": (given: unknown, gate: unknown) => shows.circuit(given, gate),
    "qbc.showControlFlow": (given: unknown) => shows.controlFlow(given),
    "qbc.showRoutingTable": (given: unknown) => shows.table(given),
    "qbc.explain": (given: unknown) => shows.explain(given),
    "qbc.showReferences": showReferences,
    "qbc.renameAt": renameAt,
    "qbc.restartServer": () => running.restart(),
    "qbc.chooseInterpreter": chooseInterpreter,
    "qbc.install": () => install(toolchain, running),
    "qbc.newExample": newExample,
    "qbc.showOutput": () => {
      log.show();
    },
  };
  context.subscriptions.push(
    log,
    toolchain,
    views,
    documents,
    running,
    vscode.tasks.registerTaskProvider(TYPE, tasks),
    vscode.workspace.registerTextDocumentContentProvider(EXPLAIN, shows),
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run)),
  );
  // Not awaited: what needs no server works at once.
  void running.restart();
  return { server: running, toolchain, views };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
  server = null;
}
