// Bundles the extension (dist/), the tests of pure parts (out-unit/) and those of the extension host (out-test/).
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const production = process.argv.includes("--production");
const shared = {
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  external: ["vscode"],
  sourcemap: production ? false : "linked",
  minify: production,
  logLevel: "warning",
  loader: { ".css": "text" },
};

for (const folder of ["dist", "out-unit", "out-test"]) await rm(folder, { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await copyFile("../../sigma/circuit/circuit.schema.json", "dist/circuit.schema.json");
await build({ ...shared, entryPoints: ["src/extension.ts"], outfile: "dist/extension.js" });
await build({
  ...shared,
  entryPoints: ["src/webview/histogram.ts", "src/webview/drawing.ts"],
  outdir: "dist/webview",
  platform: "browser",
  format: "iife",
  target: "es2022",
});
if (!production) {
  const units = (await readdir("test/unit")).filter((name) => name.endsWith(".test.ts"));
  await build({ ...shared, entryPoints: units.map((name) => `test/unit/${name}`), outdir: "out-unit" });
  await build({ ...shared, entryPoints: ["test/host/index.ts"], outfile: "out-test/index.js" });
}
