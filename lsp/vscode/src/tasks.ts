/** Tasks: compile, check, run, test, lint, check the layout. */

import * as path from "node:path";
import * as vscode from "vscode";
import * as lines from "./commandline";
import { command } from "./environment";
import { setting } from "./settings";
import { isSource, saved } from "./target";
import type { Toolchain } from "./toolchain";

export const TYPE = "qbc";

interface Definition extends vscode.TaskDefinition {
  readonly task: lines.Task;
  readonly file?: string;
  readonly arguments?: readonly string[];
}

export class Tasks implements vscode.TaskProvider {
  constructor(private readonly toolchain: Toolchain) {}

  async provideTasks(): Promise<vscode.Task[]> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const uri = vscode.window.activeTextEditor?.document.uri;
    if (folder === undefined) return [];
    const about: Definition[] = [];
    for (const task of lines.TASKS) {
      if (task === "test" || task === "lint" || task === "format check") {
        about.push({ type: TYPE, task, file: "${workspaceFolder}" });
      }
      if (uri !== undefined && isSource(uri)) about.push({ type: TYPE, task, file: "${file}" });
    }
    const made = await Promise.all(about.map((definition) => this.make(definition, folder)));
    return made.filter((task) => task !== undefined);
  }

  async resolveTask(task: vscode.Task): Promise<vscode.Task | undefined> {
    const definition = task.definition as Definition;
    if (!lines.TASKS.includes(definition.task)) return undefined;
    return this.make(definition, task.scope ?? vscode.TaskScope.Workspace);
  }

  /** One task; undefined where there is no toolchain, of which the server has spoken. */
  async make(
    definition: Definition,
    scope: vscode.WorkspaceFolder | vscode.TaskScope,
    cwd?: string,
  ): Promise<vscode.Task | undefined> {
    const found = await this.toolchain.find();
    if (!("environment" in found)) return undefined;
    const file = definition.file ?? "${file}";
    const [name, given] = lines.task(definition.task, file, definition.arguments ?? []);
    const [program, before] = command(found.environment, name, process.platform);
    const about = file === "${file}" ? "" : file === "${workspaceFolder}" ? " all" : ` ${path.basename(file)}`;
    const execution = new vscode.ProcessExecution(program, [...before, ...given], cwd === undefined ? {} : { cwd });
    const task = new vscode.Task(definition, scope, `${definition.task}${about}`, TYPE, execution, "$qbc");
    task.detail = `${name} ${given.join(" ")}`;
    task.presentationOptions = {
      reveal: vscode.TaskRevealKind.Always,
      panel: vscode.TaskPanelKind.Shared,
      clear: true,
    };
    if (definition.task === "compile" || definition.task === "check") task.group = vscode.TaskGroup.Build;
    if (definition.task === "test") task.group = vscode.TaskGroup.Test;
    return task;
  }

  /** Run a file in a terminal. */
  async runFile(given: unknown): Promise<vscode.TaskExecution | undefined> {
    const uri = await saved(given);
    if (uri === undefined) return undefined;
    const found = await this.toolchain.find();
    if (!("environment" in found)) {
      await vscode.window.showErrorMessage(found.text);
      return undefined;
    }
    // Of the arguments, the file comes last: what stands before it is of the settings.
    const more = lines.run(uri.fsPath, setting("run.backend", uri)).slice(1, -1);
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const task = await this.make(
      { type: TYPE, task: "run", file: uri.fsPath, arguments: more },
      folder ?? vscode.TaskScope.Workspace,
      path.dirname(uri.fsPath),
    );
    return task === undefined ? undefined : vscode.tasks.executeTask(task);
  }
}
