/** Sums and peaks of columns in which null means "not observed". */

export function sumOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** The largest value and where it stands first; null when nothing is above zero. */
export function peakOf(values: readonly (number | null)[]): { value: number; index: number } | null {
  let peak: { value: number; index: number } | null = null;
  for (const [index, value] of values.entries())
    if (value !== null && value > 0 && (peak === null || value > peak.value)) peak = { value, index };
  return peak;
}
