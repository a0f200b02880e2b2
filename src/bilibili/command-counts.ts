/** How often each command came that nobody reads. Bounded: a hostile server cannot fill it. */
const NAMES_MAX = 500;
const NAME_LENGTH_MAX = 64;
const REST = '(others)';

export class CommandCounts {
  readonly #counts = new Map<string, number>();

  add(name: string): number {
    const short = name.slice(0, NAME_LENGTH_MAX);
    const key = this.#counts.has(short) || this.#counts.size < NAMES_MAX ? short : REST;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count;
  }

  all(): ReadonlyMap<string, number> {
    return this.#counts;
  }
}
