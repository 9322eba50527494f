/** The extension's settings, and what the server is told of them. */

import * as vscode from "vscode";
import { initializationOptions, startOnly } from "./options";

/** Commands of the server's lenses, by the setting that switches them. */
const LENSES: Record<string, readonly string[]> = {
  run: ["qbc.run", "qbc.runWithShots"],
  views: ["qbc.showCircuit", "qbc.showControlFlow", "qbc.showDisassembly", "qbc.showRoutingTable"],
  references: ["qbc.showReferences"],
};

/** Settings that are no switches, with their types. */
interface Settings {
  readonly interpreterPath: string;
  readonly "server.arguments": string[];
  readonly "run.shots": number;
  readonly "run.backend": string;
}

/** A setting's value; package.json has the defaults. */
export function setting<Name extends keyof Settings>(name: Name, scope?: vscode.Uri): Settings[Name] {
  const found = vscode.workspace.getConfiguration("qbc", scope ?? null).get<Settings[Name]>(name);
  // One that package.json does not have is an error of ours.
  if (found === undefined) throw new Error(`there is no setting qbc.${name}`);
  return found;
}

function isOn(name: string): boolean {
  return vscode.workspace.getConfiguration("qbc").get<boolean>(name, true);
}

/** What the server takes at its start. When a setting changes, it asks for all of the section `qbc`. */
export function initialization(): Record<string, unknown> {
  const section = vscode.workspace.getConfiguration("qbc");
  return initializationOptions((name) => section.get(name));
}

/** Whether a lens with a command is shown; one that only says something is. */
export function showsLens(command: string | undefined): boolean {
  const group = Object.keys(LENSES).find((name) => LENSES[name]?.includes(command ?? ""));
  return group === undefined || isOn(`lens.${group}`);
}

/** Whether a change is of what the server takes at its start only. */
export function needsRestart(change: vscode.ConfigurationChangeEvent): boolean {
  return startOnly((name) => change.affectsConfiguration(name));
}
