/** The tests that need an editor: VS Code calls `run` in its extension host (`extensionTestsPath`). */

import "./language.test";
import "./commands.test";
import { runAll } from "./harness";

export function run(): Promise<void> {
  return runAll();
}
