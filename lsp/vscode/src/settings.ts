/** The extension's settings, and what the server is told of them. */

import * as vscode from "vscode";

const HINTS = ["constants", "addresses", "types", "parameters", "stackDepth"] as const;
const LENSES = ["run", "references"] as const;

/** Settings that are no switches, with their types. */
interface Settings {
  readonly interpreterPath: string;
  readonly "server.arguments": string[];
  readonly "lint.levels": Record<string, string>;
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

/** What the server takes at its start. */
export function initialization(): Record<string, unknown> {
  const chosen = (group: string, names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, isOn(`${group}.${name}`)]));
  return {
    commands: true,
    hints: chosen("hints", HINTS),
    lens: chosen("lens", LENSES),
    lint: { levels: setting("lint.levels") },
  };
}

/** Whether a change concerns what the server was told. */
export function concernsServer(change: vscode.ConfigurationChangeEvent): boolean {
  return ["interpreterPath", "server", "lint", "hints", "lens"].some((name) =>
    change.affectsConfiguration(`qbc.${name}`),
  );
}
