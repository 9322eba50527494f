/** Which Python has the toolchain. Nothing here knows of the editor: it is told where to look and how to ask. */

import * as path from "node:path";
import { atLeast, LEAST, numbers } from "./versions";

/** Where a Python may be, and who says so. */
export interface Candidate {
  readonly python: string;
  readonly source: "setting" | "folder" | "extension" | "path";
}

/** What a Python says of itself. */
export interface Probe {
  readonly python: string;
  /** Of the toolchain; null where it is not installed. */
  readonly qbc: string | null;
  /** Whether the language server and what it needs can be imported. */
  readonly server: boolean;
  /** The file that is Python itself. */
  readonly executable: string;
  /** Where its commands lie. */
  readonly scripts: string;
  /** Whether `qbc` and `qbcc` lie there. */
  readonly commands: boolean;
}

/** A Python that has the toolchain. */
export interface Environment {
  readonly candidate: Candidate;
  readonly probe: Probe;
}

/** Why a Python will not do. */
export type Reason = "missing" | "old-python" | "no-toolchain" | "no-server" | "old-toolchain";

/** What was found: an environment, or of the first Python that is one why it will not do. */
export type Found =
  | { readonly environment: Environment }
  | { readonly reason: Reason; readonly candidate: Candidate | null; readonly text: string };

/** Asks a Python; rejects if it cannot be started, takes too long or answers with something else. */
export type Ask = (python: string) => Promise<Probe>;

/** What is run to ask. It must work in every Python 3, and import nothing from the folder it is started in. */
export const QUESTION = `
import json, os, sys, sysconfig
sys.path[:] = [p for p in sys.path if p]
from importlib.util import find_spec
try:
    from importlib.metadata import version
    qbc = version("qbcc")
except Exception:
    qbc = None
def has(*names):
    try:
        return all(find_spec(name) is not None for name in names)
    except Exception:
        return False
scripts = sysconfig.get_path("scripts")
end = ".exe" if os.name == "nt" else ""
print(json.dumps({
    "python": "%d.%d.%d" % sys.version_info[:3],
    "qbc": qbc,
    "server": has("lsp.server", "pygls", "lsprotocol"),
    "executable": sys.executable,
    "scripts": scripts,
    "commands": all(os.path.isfile(os.path.join(scripts, name + end)) for name in ("qbc", "qbcc")),
}))
`;

/** Reads the answer. Throws an `Error` for what is none. */
export function answer(text: string): Probe {
  // A start-up file may print too: the answer is the last line.
  const found: unknown = JSON.parse(text.trim().split(/\r?\n/).at(-1) ?? "");
  const object = found as Record<string, unknown>;
  const is = (name: string, ...kinds: string[]) => kinds.includes(object[name] === null ? "null" : typeof object[name]);
  const complete =
    typeof found === "object" &&
    found !== null &&
    ["python", "executable", "scripts"].every((name) => is(name, "string")) &&
    is("qbc", "string", "null") &&
    ["server", "commands"].every((name) => is(name, "boolean"));
  if (!complete) throw new Error("no answer of a Python");
  return found as Probe;
}

/** How paths are written there. */
function paths(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}

/** The Python of a virtual environment. */
export function pythonOf(environment: string, platform: NodeJS.Platform): string {
  const inside = platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"];
  return paths(platform).join(environment, ...inside);
}

/** Where to look, best first. Of the setting alone, if there is one: who sets it wants that and no other. */
export function candidates(
  given: { setting: string; folders: readonly string[]; extension: string | null },
  platform: NodeJS.Platform,
): Candidate[] {
  if (given.setting !== "") return [{ python: expanded(given.setting, given.folders), source: "setting" }];
  const found: Candidate[] = [];
  for (const folder of given.folders) {
    for (const name of [".venv", "venv"]) {
      found.push({ python: pythonOf(paths(platform).join(folder, name), platform), source: "folder" });
    }
  }
  if (given.extension !== null) found.push({ python: given.extension, source: "extension" });
  for (const python of platform === "win32" ? ["python", "py"] : ["python3", "python"]) {
    found.push({ python, source: "path" });
  }
  return found.filter((each, place) => found.findIndex((other) => other.python === each.python) === place);
}

/** A path of the setting, with the variables that VS Code's own settings have. */
function expanded(setting: string, folders: readonly string[]): string {
  const home = process.env.HOME ?? process.env.USERPROFILE ?? "";
  return setting
    .replaceAll("${workspaceFolder}", folders[0] ?? "")
    .replaceAll("${userHome}", home)
    .replace(/^~(?=[\\/])/, home);
}

/** The first Python that has the toolchain. `skip` says of which candidates there is no file, so they are not asked. */
export async function find(
  all: readonly Candidate[],
  ask: Ask,
  skip: (candidate: Candidate) => boolean = () => false,
): Promise<Found> {
  let best: Found | null = null;
  for (const candidate of all) {
    if (skip(candidate) && candidate.source !== "setting") continue;
    const found = await tried(candidate, ask);
    if ("environment" in found) return found;
    // What a Python says is more than that there is none.
    if (best === null || (isMissing(best) && !isMissing(found))) best = found;
  }
  return best ?? { reason: "missing", candidate: null, text: said("missing", null, null) };
}

function isMissing(found: Found): boolean {
  return "reason" in found && found.reason === "missing";
}

async function tried(candidate: Candidate, ask: Ask): Promise<Found> {
  let probe: Probe;
  try {
    probe = await ask(candidate.python);
  } catch {
    return { reason: "missing", candidate, text: said("missing", candidate, null) };
  }
  const reason = wrong(probe);
  return reason === null
    ? { environment: { candidate, probe } }
    : { reason, candidate, text: said(reason, candidate, probe) };
}

/** Why a Python will not do; null if it will. */
export function wrong(probe: Probe): Reason | null {
  if (!atLeast(probe.python, "3.11")) return "old-python";
  if (probe.qbc === null) return "no-toolchain";
  if (!atLeast(probe.qbc, LEAST)) return "old-toolchain";
  return probe.server ? null : "no-server";
}

/** What is told of it. */
function said(reason: Reason, candidate: Candidate | null, probe: Probe | null): string {
  const where = candidate === null ? "" : `'${candidate.python}'`;
  switch (reason) {
    case "missing":
      return candidate?.source === "setting"
        ? `The setting qbc.interpreterPath names ${where}, which does not start as a Python.`
        : "There is no Python for QBC. It needs Python 3.11 or newer with pip install 'qbcc[lsp]'.";
    case "old-python":
      return `${where} is Python ${probe?.python ?? ""}; QBC needs 3.11 or newer.`;
    case "no-toolchain":
      return `QBC is not installed in ${where}. It is by: pip install 'qbcc[lsp]'`;
    case "no-server":
      return `${where} has QBC without its language server. That comes by: pip install 'qbcc[lsp]'`;
    case "old-toolchain":
      return `${where} has QBC ${probe?.qbc ?? ""}; this extension needs ${LEAST} or newer.`;
  }
}

/** How a command of the toolchain is started. */
export function command(environment: Environment, name: "qbc" | "qbcc", platform: NodeJS.Platform): [string, string[]] {
  const { probe } = environment;
  if (!probe.commands) return [probe.executable, ["-P", "-c", `from qbcc.cli.start import ${name}; ${name}()`]];
  return [paths(platform).join(probe.scripts, platform === "win32" ? `${name}.exe` : name), []];
}

/** How the language server is started. `-P`: a folder that is called as one of its packages is not taken for it. */
export function server(environment: Environment, more: readonly string[]): [string, string[]] {
  return [environment.probe.executable, ["-P", "-m", "lsp", ...more]];
}

/** The command that installs what is missing, for a terminal. */
export function installation(python: string, platform: NodeJS.Platform): string {
  const plain = /^[\w./\\:~-]+$/.test(python);
  if (platform === "win32") return `${plain ? "" : "& "}${plain ? python : `"${python}"`} -m pip install "qbcc[lsp]"`;
  return `${plain ? python : `'${python.replaceAll("'", "'\\''")}'`} -m pip install 'qbcc[lsp]'`;
}

/** A version for the status line. */
export function short(version: string): string {
  return numbers(version).join(".");
}
