/** What a clock on the wall of a time zone shows, with daylight saving by the runtime's own tables. */

const FORMATTERS_MAX = 100;
const formatters = new Map<string, Intl.DateTimeFormat>();

/** One of these is dear to make and cheap to use. Throws RangeError for a time zone that does not exist. */
function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  if (formatters.size >= FORMATTERS_MAX) formatters.clear();
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}

/**
 * The wall clock at `atMs` as if it were UTC, in milliseconds: the same day and time of day, read with `getUTC…`.
 * Throws RangeError for a time zone that does not exist.
 */
export function wallClockMs(atMs: number, timeZone: string): number {
  const read: Record<string, number> = {};
  for (const { type, value } of formatterOf(timeZone).formatToParts(atMs)) read[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = read;
  const withinSecondMs = ((atMs % 1000) + 1000) % 1000;
  return Date.UTC(year, month - 1, day, hour, minute, second) + withinSecondMs;
}

/** The time zone itself, or UTC where the runtime does not know it. */
export function knownTimeZone(timeZone: string): string {
  try {
    formatterOf(timeZone);
    return timeZone;
  } catch {
    return 'UTC';
  }
}
