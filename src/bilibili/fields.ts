/** Reading what Bilibili sent: types are never as promised, numbers come as strings and strings as numbers. */

export type Fields = Readonly<Record<string, unknown>>;

/** What came cannot be read; `message` names the place. Counted and logged where messages are read, never thrown further. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object `value` is, or throws Unreadable naming `path`. */
export function needFields(value: unknown, path: string): Fields {
  if (isFields(value)) return value;
  throw new Unreadable(`${path} is ${Array.isArray(value) ? 'a list' : typeof value}`);
}

/** A whole number within 2^53, from a number or its digits; null for anything else. */
export function findInteger(value: unknown): number | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : null;
  if (typeof value !== 'string' || !/^-?\d{1,16}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : null;
}

/** A whole number that is not negative; 0 for anything else. */
export function readCount(value: unknown): number {
  return Math.max(0, findInteger(value) ?? 0);
}

/** Throws Unreadable naming `path` where there is no whole number. */
export function needInteger(value: unknown, path: string): number {
  const number = findInteger(value);
  if (number === null) throw new Unreadable(`${path} is no whole number`);
  return number;
}

/** The text, or '' for anything else. */
export function readText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Text that is not empty, or null. */
export function findText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Epoch milliseconds of a positive time in seconds or milliseconds (Bilibili mixes both); null for none. */
export function findTimeMs(value: unknown): number | null {
  const time = findInteger(value);
  if (time === null || time <= 0) return null;
  return time < 100_000_000_000 ? time * 1000 : time;
}
