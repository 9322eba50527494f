/** Many runs of a program, and bars of what came out. */

import * as path from "node:path";
import * as vscode from "vscode";
import * as lines from "./commandline";
import { read } from "./histogram";
import type { Views } from "./panels";
import { setting } from "./settings";
import { folderOf, saved } from "./target";
import type { Toolchain } from "./toolchain";

const REMEMBERED = "qbc.shots";

export class Shots {
  constructor(
    private readonly toolchain: Toolchain,
    private readonly views: Views,
    private readonly memory: vscode.Memento,
  ) {}

  /** Ask how many, unless it is said, then run. */
  async run(given: unknown, count?: unknown): Promise<void> {
    const uri = await saved(given);
    if (uri === undefined) return;
    const wanted = typeof count === "number" ? String(count) : await this.ask(uri);
    if (wanted === undefined || lines.wrongShots(wanted) !== null) return;
    await this.memory.update(REMEMBERED, lines.shotsOf(wanted));
    await this.runNow(uri, lines.shotsOf(wanted));
  }

  private ask(uri: vscode.Uri): Thenable<string | undefined> {
    return vscode.window.showInputBox({
      title: `Run ${path.basename(uri.fsPath)}`,
      prompt: "How many shots",
      value: String(this.memory.get(REMEMBERED, setting("run.shots", uri))),
      validateInput: lines.wrongShots,
    });
  }

  private async runNow(uri: vscode.Uri, count: number): Promise<void> {
    const name = path.basename(uri.fsPath);
    const progress = {
      location: vscode.ProgressLocation.Notification,
      title: `${name}: ${count.toLocaleString("en")} shots`,
      cancellable: true,
    };
    await vscode.window.withProgress(progress, async (_, token) => {
      const given = lines.shots(uri.fsPath, count, setting("run.backend", uri));
      try {
        const output = await this.toolchain.run("qbc", given, { cwd: folderOf(uri), token });
        // What stands on standard error too is no JSON: the command line itself was wrong.
        if (output.stdout.trim() === "") throw new Error(output.stderr.trim().split("\n").at(-1) ?? "");
        const found = read(`Outcomes of ${name}`, output.stdout);
        if (!("outcomes" in found)) throw new Error(found.map((fault) => `${fault.code}: ${fault.message}`).join("\n"));
        this.views.histogram(uri, found, () => void this.run(uri, count));
      } catch (error) {
        if (token.isCancellationRequested) return;
        const text = error instanceof Error ? error.message : String(error);
        void vscode.window
          .showErrorMessage(`${name}: ${text.split("\n")[0] ?? ""}`, "Run in terminal")
          .then((chosen) => {
            if (chosen !== undefined) void vscode.commands.executeCommand("qbc.run", uri);
          });
      }
    });
  }
}
