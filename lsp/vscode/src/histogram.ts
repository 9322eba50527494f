/** What came out of many runs: read from `qbc run --shots N --json`, ordered, as CSV. */

/** One outcome. */
export interface Outcome {
  readonly label: string;
  readonly count: number;
  /** Share of the shots. */
  readonly probability: number;
  /** One standard error of it. */
  readonly error: number;
  /** What the trap that ended its runs says, or null. */
  readonly trap: string | null;
}

/** Of one program. */
export interface Histogram {
  readonly title: string;
  readonly shots: number;
  readonly outcomes: readonly Outcome[];
  /** Names of what a label's parts are; empty where runs recorded different things. */
  readonly names: readonly string[];
  /** Seconds that it took. */
  readonly seconds: number;
  readonly seed: string;
}

/** What a command says is wrong. */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
}

/** What the command prints, as far as it is read here. */
interface Printed {
  readonly shots: number;
  readonly outcomes?: readonly {
    readonly label: string;
    readonly values: readonly { readonly name: string }[];
    readonly count: number;
    readonly probability: number;
    readonly error: number;
    readonly trap: { readonly message: string } | null;
  }[];
  readonly stats: { readonly seconds: number; readonly seed: string };
}

/** Reads the output. Throws an `Error` for what is neither outcomes nor faults. */
export function read(title: string, text: string): Histogram | Fault[] {
  // A seed has 64 bits, which no number of JavaScript holds.
  const found = JSON.parse(text.replace(/("seed": *)(\d+)/g, '$1"$2"')) as Printed | Fault[] | null;
  if (Array.isArray(found)) return found;
  if (found?.outcomes === undefined) throw new Error("no outcomes");
  const names = found.outcomes.map((each) => each.values.map((value) => value.name));
  return {
    title,
    shots: found.shots,
    outcomes: found.outcomes.map(({ label, count, probability, error, trap }) => {
      return { label, count, probability, error, trap: trap === null ? null : trap.message || "trap" };
    }),
    names: new Set(names.map((each) => each.join("\n"))).size === 1 ? (names[0] ?? []) : [],
    seconds: found.stats.seconds,
    seed: found.stats.seed,
  };
}

export type Key = "label" | "count";

/** Outcomes in an order; those of equal counts by their labels. */
export function sorted(outcomes: readonly Outcome[], key: Key, descending: boolean): Outcome[] {
  const byLabel = (a: Outcome, b: Outcome) => a.label.localeCompare(b.label, "en", { numeric: true });
  const sign = descending ? -1 : 1;
  return [...outcomes].sort((a, b) =>
    key === "count" ? sign * (a.count - b.count) || byLabel(a, b) : sign * byLabel(a, b),
  );
}

/** Share of the longest bar, from 0 to 1. */
export function length(outcome: Outcome, outcomes: readonly Outcome[]): number {
  const most = outcomes.reduce((best, each) => Math.max(best, each.count), 0);
  return most === 0 ? 0 : outcome.count / most;
}

/** A probability with its standard error: `52.0 % ± 5.0`. */
export function percent(outcome: Outcome): string {
  const digits = outcome.error > 0 && outcome.error < 0.0005 ? 3 : 1;
  const share = (100 * outcome.probability).toFixed(digits);
  return outcome.error > 0 ? `${share} % ± ${(100 * outcome.error).toFixed(digits)}` : `${share} %`;
}

/** A table for other programs, by RFC 4180. A text that a spreadsheet would take for a formula is none. */
export function csv(histogram: Histogram): string {
  const rows = histogram.outcomes.map((each) => [
    cell(each.label),
    String(each.count),
    String(each.probability),
    String(each.error),
    cell(each.trap ?? ""),
  ]);
  return [["outcome", "count", "probability", "error", "trap"], ...rows].map((row) => `${row.join(",")}\r\n`).join("");
}

function cell(text: string): string {
  const safe = /^[=@\t\r]|^[+-](?![\d.]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) || /^\d+$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** What a reader of the screen is told of it all. */
export function summary(histogram: Histogram): string {
  const kinds = histogram.outcomes.length;
  const trapped = histogram.outcomes.filter((each) => each.trap !== null).reduce((sum, each) => sum + each.count, 0);
  const end = trapped > 0 ? `, ${trapped.toLocaleString("en")} of them trapped` : "";
  return `${kinds} outcome${kinds === 1 ? "" : "s"} of ${histogram.shots.toLocaleString("en")} shots${end}`;
}
