/** A source of chance that gives the same row of values for the same seed. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A key of `table`, as often as its weight says. */
  weighted<K extends string>(table: Readonly<Partial<Record<K, number>>>): K;
  /** Waiting times of independent arrivals with this mean. */
  wait(mean: number): number;
  /** `length` digits, the first of them not 0. */
  digits(length: number): string;
  hex(length: number): string;
}

function hash(text: string): number {
  let value = 2166136261;
  for (const unit of text) value = Math.imul(value ^ (unit.codePointAt(0) ?? 0), 16777619);
  return value >>> 0;
}

/** Mulberry32: small, fast and good enough for a story. Not for secrets. */
export function openRandom(seed: number | string): Random {
  let state = typeof seed === 'number' ? seed >>> 0 : hash(seed);
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const int = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const chars = (alphabet: string, length: number): string => {
    let text = '';
    while (text.length < length) text += alphabet[Math.floor(next() * alphabet.length)];
    return text;
  };
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[Math.floor(next() * list.length)] as T;
    },
    weighted<K extends string>(table: Readonly<Partial<Record<K, number>>>): K {
      const rows = Object.entries(table) as [K, number][];
      let left = next() * rows.reduce((sum, [, weight]) => sum + weight, 0);
      for (const [key, weight] of rows) {
        left -= weight;
        if (left < 0) return key;
      }
      const last = rows.at(-1);
      if (last === undefined) throw new RangeError('nothing to weigh');
      return last[0];
    },
    wait: (mean) => -Math.log(1 - next()) * mean,
    digits: (length) => `${int(1, 9)}${chars('0123456789', length - 1)}`,
    hex: (length) => chars('0123456789abcdef', length),
  };
}
