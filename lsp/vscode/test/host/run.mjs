// Runs out-test/index.js in the extension host of a code-server, with a Chromium that shows its window to nobody:
//     node test/host/run.mjs CODE_SERVER/out/node/entry.js [PYTHON]
// Everything is kept in a folder of its own, which goes away behind it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PATIENCE = 300_000;
const [entry, python] = process.argv.slice(2);
if (entry === undefined) {
  console.error("run.mjs needs the path of code-server's entry.js");
  process.exit(2);
}
const extension = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const folder = await mkdtemp(join(tmpdir(), "qbc-host-"));
const results = join(folder, "results.tap");
const children = [];

function start(program, given, more = {}) {
  const env = { ...process.env, HOME: folder, QBC_TEST_RESULTS: results, ...more };
  const child = spawn(program, given, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  child.text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      child.text += String(data);
    });
  }
  children.push(child);
  return child;
}

async function until(what, look, milliseconds = 60_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

let code = 1;
try {
  const settings = {
    "security.workspace.trust.enabled": false,
    "telemetry.telemetryLevel": "off",
    "git.enabled": false,
  };
  for (const kind of ["User", "Machine"]) await mkdir(join(folder, "data", kind), { recursive: true });
  await mkdir(join(folder, "workspace"));
  await writeFile(join(folder, "data", "User", "settings.json"), JSON.stringify(settings));
  // A setting of the machine: those of the user do not count for a server elsewhere.
  if (python !== undefined) {
    const machine = JSON.stringify({ "qbc.interpreterPath": python });
    await writeFile(join(folder, "data", "Machine", "settings.json"), machine);
  }
  const server = start(process.execPath, [
    entry,
    ...["--user-data-dir", join(folder, "data"), "--extensions-dir", join(folder, "extensions")],
    ...["--bind-addr", "127.0.0.1:0", "--auth", "none", "--disable-telemetry", "--disable-update-check"],
    "--disable-workspace-trust",
  ]);
  const address = await until("code-server", () => /listening on http:\/\/(127\.0\.0\.1:\d+)/.exec(server.text)?.[1]);
  const remote = (path) => `vscode-remote://${address}${path}`;
  const payload = JSON.stringify([
    ["extensionDevelopmentPath", remote(extension)],
    ["extensionTestsPath", remote(join(extension, "out-test", "index.js"))],
  ]);
  const query = new URLSearchParams({ folder: join(folder, "workspace"), payload });
  start("chromium", [
    ...["--headless=new", "--no-sandbox", "--no-first-run", "--disable-sync", "--disable-background-networking"],
    ...["--remote-debugging-port=0", `--user-data-dir=${join(folder, "chromium")}`, `http://${address}/?${query}`],
  ]);
  let text = "";
  await until(
    "the end of the tests",
    async () => {
      const now = existsSync(results) ? await readFile(results, "utf-8") : "";
      process.stdout.write(now.slice(text.length));
      text = now;
      return /^1\.\.\d/m.test(text);
    },
    PATIENCE,
  );
  code = /^not ok/m.test(text) || !/^1\.\.[1-9]/m.test(text) ? 1 : 0;
} catch (error) {
  console.error(error.message);
  for (const child of children) console.error(child.text.split("\n").slice(-40).join("\n"));
} finally {
  for (const child of children) {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
process.exit(code);
