/** Walks over the bytes of a JSON text without making values of it. Positions are -1 where it is no JSON of this kind. */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

export const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
export const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** From the first byte of a value to the byte behind it. */
export type Range = readonly [start: number, end: number];

export function skipSpace(bytes: Buffer, at: number): number {
  let position = at;
  for (;;) {
    const byte = bytes[position];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position;
    position++;
  }
}

/** Behind the closing quote of the string whose opening quote is at `at`. */
function skipString(bytes: Buffer, at: number): number {
  for (let position = at + 1; position < bytes.length; position++) {
    const byte = bytes[position];
    if (byte === QUOTE) return position + 1;
    if (byte === BACKSLASH) position++;
  }
  return -1;
}

function skipNested(bytes: Buffer, at: number): number {
  let depth = 0;
  for (let position = at; position < bytes.length; position++) {
    const byte = bytes[position];
    if (byte === QUOTE) {
      position = skipString(bytes, position) - 1;
      if (position < 0) return -1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth++;
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      if (--depth === 0) return position + 1;
    }
  }
  return -1;
}

function skipValue(bytes: Buffer, at: number): number {
  const first = bytes[at];
  if (first === QUOTE) return skipString(bytes, at);
  if (first === OPEN_LIST || first === OPEN_OBJECT) return skipNested(bytes, at);
  for (let position = at; position < bytes.length; position++) {
    const byte = bytes[position] ?? 0;
    if (byte === COMMA || byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte <= 0x20) {
      return position > at ? position : -1;
    }
  }
  return -1;
}

/** Where the elements of the list at `at` begin and end, and where it ends itself; null for no list. */
export function findElements(bytes: Buffer, at: number): { elements: Range[]; end: number } | null {
  const elements: Range[] = [];
  if (bytes[at] !== OPEN_LIST) return null;
  let start = skipSpace(bytes, at + 1);
  if (bytes[start] === CLOSE_LIST) return { elements, end: start + 1 };
  for (;;) {
    const end = skipValue(bytes, start);
    if (end < 0) return null;
    elements.push([start, end]);
    const next = skipSpace(bytes, end);
    if (bytes[next] === CLOSE_LIST) return { elements, end: next + 1 };
    if (bytes[next] !== COMMA) return null;
    start = skipSpace(bytes, next + 1);
  }
}

/**
 * The first byte of the value that the object at `at` has under each of the names, in their order; -1 for none.
 * Null for no object, and where a name has an escape, which is not read here. `isFirstEnough`: the walk ends
 * when all are found, else a name that comes again counts as the last one, as in JSON.parse.
 */
export function findMembers(
  bytes: Buffer,
  at: number,
  names: readonly string[],
  isFirstEnough: boolean,
): number[] | null {
  const found = names.map(() => -1);
  if (bytes[at] !== OPEN_OBJECT) return null;
  let missing = names.length;
  let position = skipSpace(bytes, at + 1);
  if (bytes[position] === CLOSE_OBJECT) return found;
  for (;;) {
    if (bytes[position] !== QUOTE) return null;
    const nameEnd = skipString(bytes, position);
    if (nameEnd < 0) return null;
    const name = bytes.toString('latin1', position + 1, nameEnd - 1);
    if (name.includes('\\')) return null;
    const colon = skipSpace(bytes, nameEnd);
    if (bytes[colon] !== COLON) return null;
    const start = skipSpace(bytes, colon + 1);
    const index = names.indexOf(name);
    if (index >= 0) {
      if (found[index] === -1) missing--;
      found[index] = start;
      if (isFirstEnough && missing === 0) return found;
    }
    const end = skipValue(bytes, start);
    if (end < 0) return null;
    const next = skipSpace(bytes, end);
    if (bytes[next] === CLOSE_OBJECT) return found;
    if (bytes[next] !== COMMA) return null;
    position = skipSpace(bytes, next + 1);
  }
}

/** The value that begins at `at`, made as JSON.parse makes it; undefined for -1. Throws SyntaxError. */
export function parseAt(bytes: Buffer, at: number): unknown {
  return at < 0 ? undefined : JSON.parse(bytes.toString('utf8', at, Math.max(at, skipValue(bytes, at))));
}
