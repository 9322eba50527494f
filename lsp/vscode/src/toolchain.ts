/** The toolchain as it is installed here: found once, kept until something changes, its commands run. */

import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as vscode from "vscode";
import * as environments from "./environment";
import { setting } from "./settings";

/** Milliseconds that a Python has to say what it is. The first start of one may read a cold disk. */
const PATIENCE = 15_000;
const MOST_OUTPUT = 256 * 1024 * 1024;

/** What a command left. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the Python extension offers, as far as it is used here. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(scope?: vscode.Uri): { path: string };
    resolveEnvironment(path: unknown): Promise<{ executable: { uri: vscode.Uri | undefined } } | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

/** Waits no longer than some milliseconds; then it is as if there were nothing. */
export async function within<T>(milliseconds: number, wait: PromiseLike<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, milliseconds);
  });
  try {
    return await Promise.race([wait, late]);
  } finally {
    clearTimeout(timer);
  }
}

export class Toolchain implements vscode.Disposable {
  private known: Promise<environments.Found> | null = null;
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly disposables: vscode.Disposable[] = [this.changed];
  private listening = false;
  /** Another interpreter may be the one. */
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly folder: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  /** Look anew when asked next. */
  forget(): void {
    this.known = null;
  }

  /** The environment, or why there is none. */
  find(): Promise<environments.Found> {
    this.known ??= this.look();
    return this.known;
  }

  private async look(): Promise<environments.Found> {
    const folders = (vscode.workspace.workspaceFolders ?? [])
      .filter((folder) => folder.uri.scheme === "file")
      .map((folder) => folder.uri.fsPath);
    const given = { setting: setting("interpreterPath").trim(), folders, extension: await this.chosen() };
    const all = environments.candidates(given, process.platform);
    const found = await environments.find(
      all,
      (python) => this.ask(python),
      (candidate) => /[\\/]/.test(candidate.python) && !fs.existsSync(candidate.python),
    );
    if ("environment" in found) {
      const { probe } = found.environment;
      this.log.info(`QBC ${probe.qbc ?? ""} in ${probe.executable} (Python ${probe.python})`);
    } else {
      this.log.warn(found.text);
    }
    return found;
  }

  /** The interpreter that the Python extension has chosen, if it is there and answers. */
  private async chosen(): Promise<string | null> {
    const extension = vscode.extensions.getExtension<PythonExtension>("ms-python.python");
    if (extension === undefined) return null;
    try {
      const api = await within(PATIENCE, extension.activate());
      if (api?.environments === undefined) return null;
      if (!this.listening) {
        this.listening = true;
        this.disposables.push(
          api.environments.onDidChangeActiveEnvironmentPath(() => {
            this.forget();
            this.changed.fire();
          }),
        );
      }
      const active = api.environments.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri);
      const found = await within(PATIENCE, api.environments.resolveEnvironment(active));
      return found?.executable.uri?.fsPath ?? null;
    } catch (error) {
      this.log.warn(`The Python extension did not answer: ${String(error)}`);
      return null;
    }
  }

  private async ask(python: string): Promise<environments.Probe> {
    const output = await execute(python, ["-c", environments.QUESTION], { cwd: this.folder, timeout: PATIENCE });
    this.log.debug(`${python}: ${output.stdout.trim() || output.stderr.trim()}`);
    if (output.code !== 0) throw new Error(output.stderr);
    return environments.answer(output.stdout);
  }

  /** Runs a command of the toolchain. Rejects if there is none, or if it is cut off. */
  async run(
    name: "qbc" | "qbcc",
    given: readonly string[],
    options: { cwd: string; timeout?: number; token?: vscode.CancellationToken },
  ): Promise<Output> {
    const found = await this.find();
    if (!("environment" in found)) throw new Error(found.text);
    const [program, before] = environments.command(found.environment, name, process.platform);
    this.log.info(`${name} ${given.join(" ")}`);
    return execute(program, [...before, ...given], options);
  }
}

/** Runs a program to its end. Rejects if it cannot be started, takes too long, says too much or is cancelled. */
async function execute(
  program: string,
  given: readonly string[],
  options: { cwd: string; timeout?: number; token?: vscode.CancellationToken },
): Promise<Output> {
  const abort = new AbortController();
  const stop = options.token?.onCancellationRequested(() => {
    abort.abort();
  });
  try {
    return await new Promise<Output>((resolve, reject) => {
      const env = { ...process.env, PYTHONUTF8: "1", PYTHONIOENCODING: "utf-8", NO_COLOR: "1", COLUMNS: "120" };
      const limits = { timeout: options.timeout ?? 0, maxBuffer: MOST_OUTPUT, signal: abort.signal };
      const child = execFile(program, given, { cwd: options.cwd, env, ...limits }, (error, stdout, stderr) => {
        if (error === null) resolve({ code: 0, stdout, stderr });
        else if (typeof error.code === "number") resolve({ code: error.code, stdout, stderr });
        else if (error.killed === true) reject(new Error(`${program} took too long and was stopped`));
        else reject(new Error(error.message));
      });
      // A program that reads has nothing to read here, and must not wait for it.
      child.stdin?.end();
    });
  } finally {
    stop?.dispose();
  }
}
