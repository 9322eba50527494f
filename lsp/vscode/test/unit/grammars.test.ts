import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import * as oniguruma from "vscode-oniguruma";
import * as textmate from "vscode-textmate";

/** Of a file: what the toolchain's lexer says of stretches of lines. */
interface File {
  readonly path: string;
  readonly rows: readonly (readonly [line: number, start: number, end: number, kind: string])[];
}

/** What one of the scopes of each character must match, by what the lexer says. */
const SCOPES: Record<string, RegExp> = {
  directive: /^keyword\.(?:control|other)\.directive\.qbc$/,
  mnemonic: /\.mnemonic\.\w+\.qbc$/,
  macro: /^entity\.name\.function\.macro\.qbc$/,
  local: /^entity\.name\.label\.local\.qbc$/,
  register: /^variable\.language\.register\.qbc$/,
  number: /^constant\.numeric\./,
  character: /^constant\.character\./,
  string: /^string\.quoted\.double\./,
  comment: /^comment\./,
  keyword: /^(?:keyword|storage|support\.(?:type|function)|constant\.language)\b/,
  name: /^(?:variable|entity|support)\b/,
  operator: /^keyword\.operator\.arithmetic\.sigma$/,
};

async function registry(): Promise<textmate.Registry> {
  const wasm = await readFile(path.join("node_modules", "vscode-oniguruma", "release", "onig.wasm"));
  await oniguruma.loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
  return new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async (scope) => {
      const file = path.join("syntaxes", `${scope.replace("source.", "")}.tmLanguage.json`);
      return textmate.parseRawGrammar(await readFile(file, "utf-8"), file);
    },
  });
}

/** Offsets in UTF-16 of the code points of a line; the lexers count those. */
function offsets(line: string): number[] {
  const found = [0];
  for (const character of line) found.push((found.at(-1) ?? 0) + character.length);
  return found;
}

async function differences(file: File, grammar: textmate.IGrammar): Promise<string[]> {
  const lines = (await readFile(file.path, "utf-8")).split("\n");
  let stack = textmate.INITIAL;
  const scopes = lines.map((line) => {
    const found = grammar.tokenizeLine(line, stack);
    stack = found.ruleStack;
    return found.tokens;
  });
  const wrong: string[] = [];
  for (const [number, start, end, kind] of file.rows) {
    const wanted = SCOPES[kind];
    assert.ok(wanted !== undefined, kind);
    const units = offsets(lines[number] ?? "");
    const [from, to] = [units[start] ?? 0, units[end] ?? 0];
    const there = scopes[number]?.filter((token) => token.startIndex < to && token.endIndex > from) ?? [];
    if (there.length === 0 || !there.every((token) => token.scopes.some((scope) => wanted.test(scope)))) {
      const shown = there.map((token) => token.scopes.slice(1).join(" ")).join(", ");
      wrong.push(`${file.path}:${number + 1}:${start + 1}: a ${kind} is ${shown || "nothing"}`);
    }
  }
  return wrong;
}

test("the grammars agree with the lexers about every source of the project", async () => {
  const python = process.env.QBC_PYTHON;
  assert.ok(python !== undefined, "QBC_PYTHON names the Python that has the toolchain: make vscode-test sets it");
  const options = { cwd: path.join("..", ".."), maxBuffer: 1 << 28, timeout: 120_000 };
  const { stdout } = await promisify(execFile)(python, ["-m", "tests.lsp.tokens"], options);
  const files = JSON.parse(stdout) as File[];
  assert.ok(files.length > 50);
  const made = await registry();
  const wrong: string[] = [];
  for (const file of files) {
    const grammar = await made.loadGrammar(file.path.endsWith(".qbc") ? "source.qbc" : "source.sigma");
    assert.ok(grammar !== null);
    wrong.push(...(await differences(file, grammar)));
  }
  assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} differences`);
});
