/** Text of people and clocks, as a picture can show it. */
import { cut, plainText } from '#src/lib/escape.ts';
import type { Range } from '#src/shapes.ts';

/** Longest name that is looked at; what fits the picture is less. */
const NAME_CHARS_MAX = 200;

/** Pictures and their joiners, and the marks that keep right-to-left text apart: no font that ships with Livelark has them. */
const NOT_DRAWN =
  /\p{Emoji_Presentation}|\p{Emoji}\ufe0f\u20e3?|\p{Emoji_Modifier}|\p{Regional_Indicator}|[\u200d\ufe0e\ufe0f\u2066-\u2069]/gu;

/** Widths in em, rounded up so that nothing is clipped in the fonts that we ship. */
const WIDE_EM = 1;
const NARROW_EM = 0.56;
const BROAD_EM = 0.95;
const IS_WIDE =
  /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{10000}-\u{3ffff}]/u;
const IS_BROAD = /[MW@%&mwÆŒ©®™ЖШЩЮжшщюﷺ\u0900-\u10ff\u1780-\u17ff\u2100-\u2bff]/u;
const IS_MARK = /\p{M}/u;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** About how wide a text is, in em, never less than it turns out to be in ordinary text. */
export function widthEm(text: string): number {
  let em = 0;
  for (const char of text) {
    if (IS_WIDE.test(char)) em += WIDE_EM;
    else if (IS_BROAD.test(char)) em += BROAD_EM;
    else if (!IS_MARK.test(char)) em += /\p{Lu}/u.test(char) ? 0.72 : NARROW_EM;
  }
  return em;
}

/** One line of a name from outside that can be drawn, at most `emMax` wide, with `…` where it was cut; else `fallback`. */
export function drawnText(outside: string, emMax: number, fallback: string): string {
  const line = plainText(outside, NAME_CHARS_MAX).replace(NOT_DRAWN, '').replace(/ {2,}/g, ' ').trim();
  if (line === '') return fallback;
  if (widthEm(line) <= emMax) return line;
  let kept = '';
  let em = WIDE_EM;
  for (const { segment } of segmenter.segment(line)) {
    em += widthEm(segment);
    if (em > emMax) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Intl puts thin and narrow spaces into times, which fonts lack. */
function withPlainSpaces(text: string): string {
  return text.replace(/\s/gu, ' ');
}

/** "Nov 20, 2026, 18:00 – 23:30" in the time zone. */
export function namePeriod({ fromMs, toMs }: Range, locale: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return withPlainSpaces(format.formatRange(fromMs, Math.max(fromMs, toMs)));
}

/** "Nov 20, 18:05" in the time zone. */
export function nameTime(atMs: number, locale: string, timeZone: string): string {
  const options = {
    timeZone,
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const;
  return withPlainSpaces(new Intl.DateTimeFormat(locale, options).format(atMs));
}

/** "Asia/Shanghai, GMT+8"; UTC alone as it is. */
export function nameTimeZone(timeZone: string, atMs: number): string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'shortOffset' });
  const offset = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return timeZone === 'UTC' || offset === '' ? timeZone : `${timeZone}, ${offset}`;
}

/** Cut for Discord: at most this many UTF-16 units of alt text. */
const DESCRIPTION_CHARS_MAX = 1024;

export function fitDescription(text: string): string {
  return cut(text, DESCRIPTION_CHARS_MAX);
}
