/**
 * Makes text from outside inert. `plainText` is for places without markup (footers, picture descriptions),
 * `markdownText` for places where Discord reads markdown.
 */

/** Longest text that is looked at: names and danmaku are far shorter. */
const OUTSIDE_CHARS_MAX = 8_000;
/** Marks on one letter: Thai and Vietnamese need two, Tibetan three, a zalgo dozens. */
const MARKS_MAX = 3;

const BREAKS = /[\p{White_Space}\u2800\u3164\uffa0\u115f\u1160]+/gu;
/** Controls, bidi and zero-width characters, tags, fillers, noncharacters: nobody sees them, layouts break. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu;
const MARKS = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu');
/** Marks without a letter of their own, and the spaces between them. */
const MARKS_IN_FRONT = /^[\p{M} ]+/u;
/** The joiner and the variation selector inside emoji such as 👨‍👩‍👧 are kept: U+200D between pictures, U+FE0F after one. */
const EMOJI_JOINERS =
  /(?<=\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}#*0-9])\ufe0f/gu;
/** Hebrew, Arabic and their neighbours: written from right to left, they would pull our numbers along. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';
/** Stand for what is kept while the rest of its kind goes; noncharacters, which are removed first. */
const KEPT = { '\u200d': '\ufdd0', '\ufe0f': '\ufdd1' } as const;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** One line of visible text, at most `charsMax` UTF-16 units, cut between graphemes with `…`. */
export function plainText(outside: string, charsMax: number): string {
  return isolate(cut(clean(outside), charsMax));
}

/**
 * The same, escaped for Discord: no markdown, mention, link, list, heading or timestamp. `charsMax` counts
 * what people see; with its escapes the result is at most `2 × charsMax + 2` UTF-16 units.
 */
export function markdownText(outside: string, charsMax: number): string {
  return isolate(escapeMarkdown(cut(clean(outside), charsMax)));
}

function clean(outside: string): string {
  return outside
    .slice(0, OUTSIDE_CHARS_MAX)
    .toWellFormed()
    .replace(/\p{Noncharacter_Code_Point}/gu, '')
    .replace(EMOJI_JOINERS, (joiner) => (joiner === '\u200d' ? KEPT['\u200d'] : KEPT['\ufe0f']))
    .replace(BREAKS, ' ')
    .replace(/[\ufdd0\ufdd1]|[^\ufdd0\ufdd1]+/gu, (part) =>
      part === KEPT['\u200d'] ? '\u200d' : part === KEPT['\ufe0f'] ? '\ufe0f' : part.replace(UNSEEN, ''),
    )
    .replace(MARKS, '$1')
    .replace(/ {2,}/g, ' ')
    .trim()
    .replace(MARKS_IN_FRONT, '');
}

/** Cuts between graphemes, so that no emoji or letter is halved. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  let kept = '';
  for (const { segment } of segmenter.segment(text)) {
    if (kept.length + segment.length > charsMax - 1) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Characters that begin something in Discord's markdown, wherever they stand. */
const MARKUP = /[\\*_~|`<>@#[\]()]/g;
/** `://`, `discord.gg/…`, `example.com`: what clients make into links. */
const LINKS = /:(?=\/)|\.(?=[\p{L}\p{N}])|\/(?=\/)/gu;
/** Lists, subtext and numbered lists begin a line only. */
const LINE_START = /^(?:[-+]|\d+(?=\.(?:\s|$)))/;

function escapeMarkdown(text: string): string {
  const escaped = text.replace(MARKUP, '\\$&').replace(LINKS, '\\$&');
  const start = LINE_START.exec(escaped)?.[0];
  if (start === undefined) return escaped;
  const rest = escaped.slice(start.length);
  return start === '-' || start === '+' ? `\\${start}${rest}` : `${start}\\${rest}`;
}

function isolate(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `${ISOLATE}${text}${POP_ISOLATE}` : text;
}
