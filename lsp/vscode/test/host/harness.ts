/** A small runner: an extension host gives only `run()`, and no runner of the field works without its own VS Code. */

import * as fs from "node:fs/promises";

type Body = () => Promise<void>;
const tests: { name: string; body: Body }[] = [];

/** Milliseconds of one test. The first one may wait for a server that reads a cold disk. */
const PATIENCE = 90_000;

/** Add a test. */
export function test(name: string, body: Body): void {
  tests.push({ name, body });
}

/** The value, once there is one that will do. Rejects after some milliseconds. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  milliseconds = 45_000,
): Promise<NonNullable<T>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function limited(body: Body): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took longer than ${PATIENCE / 1000} seconds`));
    }, PATIENCE);
  });
  try {
    await Promise.race([body(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function say(line: string): Promise<void> {
  console.log(line);
  const file = process.env.QBC_TEST_RESULTS;
  if (file !== undefined) await fs.appendFile(file, `${line}\n`);
}

/** Run all, or those whose names `QBC_TEST_ONLY` matches. Writes a line for each, to the console and to the file that `QBC_TEST_RESULTS` names; rejects if any failed. */
export async function runAll(): Promise<void> {
  const lines: string[] = [];
  let failed = 0;
  const only = new RegExp(process.env.QBC_TEST_ONLY ?? "");
  const chosen = tests.filter((each) => only.test(each.name));
  for (const [place, { name, body }] of chosen.entries()) {
    let line = `ok ${place + 1} - ${name}`;
    try {
      await limited(body);
    } catch (error) {
      failed++;
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      line = `not ok ${place + 1} - ${name}\n${text.replaceAll(/^/gm, "  # ")}`;
    }
    await say(line);
    lines.push(line);
  }
  await say(`1..${chosen.length}`);
  if (failed > 0) throw new Error(`${failed} of ${chosen.length} tests failed\n${lines.join("\n")}`);
}
