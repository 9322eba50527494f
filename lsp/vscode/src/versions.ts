/** Versions as `major.minor.patch`, and which ones of the toolchain the extension goes with. */

/** The least version of the toolchain. */
export const LEAST = "0.1.0";

/** The numbers of a version; what stands behind them (`rc1`, `.dev0+g1`) is left aside. */
export function numbers(version: string): number[] {
  const found = /^\s*v?(\d+(?:\.\d+)*)/.exec(version);
  return found?.[1]?.split(".").map(Number) ?? [];
}

/** Whether a version is another one or a later one. What is no version is not. */
export function atLeast(version: string, least: string): boolean {
  const [have, want] = [numbers(version), numbers(least)];
  if (have.length === 0) return false;
  for (let place = 0; place < Math.max(have.length, want.length); place++) {
    const difference = (have[place] ?? 0) - (want[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
