/** What the language server is told of the settings: at its start, and by starting it anew. Nothing here knows the editor. */

const HINTS = ["values", "addresses", "stack", "macros", "types", "parameters"] as const;
const DIAGNOSTICS = ["errors", "findings", "limit"] as const;
/** Settings that are no part of what a running server can be told. */
const START_ONLY = ["interpreterPath", "server"] as const;

/** The options of `initialize`, by what a setting of the section `qbc` has. One without a value is left to the server. */
export function initializationOptions(value: (name: string) => unknown): Record<string, unknown> {
  const table = (group: string, names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      names.map((name) => [name, value(`${group}.${name}`)] as const).filter(([, found]) => found !== undefined),
    );
  return {
    commands: true,
    explains: true,
    hints: table("hints", HINTS),
    diagnostics: table("diagnostics", DIAGNOSTICS),
    lint: table("lint", ["levels"]),
  };
}

/** Whether one of the settings has changed that a running server cannot be told of. */
export function startOnly(hasChanged: (name: string) => boolean): boolean {
  return START_ONLY.some((name) => hasChanged(`qbc.${name}`));
}
