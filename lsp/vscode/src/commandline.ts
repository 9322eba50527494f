/** Arguments of the toolchain's commands. */

/** Most shots that `qbc run` takes. */
export const MOST_SHOTS = 1_099_511_627_776;

/** Why a text is no number of shots; null if it is one. */
export function wrongShots(text: string): string | null {
  const plain = text.trim().replaceAll(/[_ ]/g, "");
  if (!/^\d+$/.test(plain)) return "A whole number, such as 1000.";
  const count = Number(plain);
  if (count < 1) return "At least 1.";
  return count > MOST_SHOTS ? "At most 2⁴⁰ (1 099 511 627 776)." : null;
}

/** The number that a text is; the text is one. */
export function shotsOf(text: string): number {
  return Number(text.trim().replaceAll(/[_ ]/g, ""));
}

/** A file as an argument: one whose name begins like an option is no option. */
export function fileArgument(file: string): string {
  return file.startsWith("-") ? `./${file}` : file;
}

function backend(name: string): string[] {
  return name === "" || name === "aer" ? [] : ["--backend", name];
}

/** `qbc run FILE`. */
export function run(file: string, backendName: string): string[] {
  return ["run", ...backend(backendName), fileArgument(file)];
}

/** `qbc run FILE --shots N --json`. */
export function shots(file: string, count: number, backendName: string): string[] {
  return ["run", "--shots", String(count), "--json", ...backend(backendName), fileArgument(file)];
}

/** What a task of the extension does. */
export const TASKS = ["compile", "check", "run", "test", "lint", "format check"] as const;
export type Task = (typeof TASKS)[number];

/** The command of a task and its arguments. */
export function task(kind: Task, file: string, more: readonly string[]): ["qbc" | "qbcc", string[]] {
  const rest = [...more, fileArgument(file)];
  switch (kind) {
    case "compile":
      return ["qbcc", ["compile", ...rest]];
    case "check":
      return ["qbcc", ["check", ...rest]];
    case "run":
      return ["qbc", ["run", ...rest]];
    case "test":
      return ["qbc", ["test", ...rest]];
    case "lint":
      return ["qbcc", ["lint", ...rest]];
    case "format check":
      return ["qbcc", ["fmt", "--check", ...rest]];
  }
}

/** What `qbc table` can be asked; each with what its values look like. */
export const QUERIES = [
  { option: "--node", title: "Node…", prompt: "The number of a node, from 0", count: 1 },
  { option: "--sigma", title: "Nearest σ…", prompt: "A number: the node whose σ is nearest", count: 1 },
  {
    option: "--j",
    title: "Nearest j…",
    prompt: "Two numbers, real and imaginary part: the node whose j is nearest",
    count: 2,
  },
  { option: "--layer", title: "Layer…", prompt: "The number of a layer: its members", count: 1 },
  { option: "--triangle", title: "Triangle…", prompt: "The id of a triangle, or its number", count: 1 },
] as const;
export type Query = (typeof QUERIES)[number];

/** Why a text is no answer to a query's prompt; null if it is one. */
export function wrongQuery(query: Query, text: string): string | null {
  const parts = text.trim().split(/[\s,]+/);
  const are = parts.every((part) => /^(?:0[xX][0-9A-Fa-f]+|[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)$/.test(part));
  return are && parts.length === query.count ? null : query.prompt;
}

/** `qbc table FILE`, whole or with a query. */
export function table(file: string, query: Query | null, text: string): string[] {
  const values = query === null ? [] : [query.option, ...text.trim().split(/[\s,]+/)];
  return ["table", ...values, fileArgument(file)];
}
