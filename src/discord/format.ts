/** Discord's look of things: `Format` of the SDK for commands, by language. */
import type { APIEmbed } from 'discord.js';
import { COLORS, fitEmbed } from '#src/discord/format/embed.ts';
import { wordsOf } from '#src/discord/i18n.ts';
import { markdownText, plainText } from '#src/lib/escape.ts';
import { formatMilli } from '#src/lib/money.ts';
import type { Format, Language } from '#src/sdk.ts';

const TEXT_CHARS_MAX = 100;
const NAME_CHARS_MAX = 60;
const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** The look of answers in a language. */
export function createFormat(language: Language): Format {
  const format: Format = {
    text: (outside, lengthMax = TEXT_CHARS_MAX) => markdownText(outside, lengthMax),
    money: formatMilli,
    number: (value) => NUMBER.format(value),
    time: (ms, style = 'R') => `<t:${Math.floor(ms / 1000)}:${style}>`,
    duration: (ms) => describeDuration(ms, language),
    roomLink: ({ room, name }) => `[${markdownText(name, NAME_CHARS_MAX) || room}](${roomUrl(room)})`,
    embed: (parts) => embedOf(parts),
  };
  return format;
}

/** Where a room is watched. */
export function roomUrl(room: number): string {
  return `https://live.bilibili.com/${room}`;
}

function embedOf(parts: Parameters<Format['embed']>[0]): APIEmbed {
  const { title, description, fields, tone = 'plain', footer, imageName } = parts;
  return fitEmbed({
    color: COLORS[tone],
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(footer === undefined ? {} : { footer: { text: plainText(footer, 2000) } }),
    ...(imageName === undefined ? {} : { image: { url: `attachment://${imageName}` } }),
  });
}

const SECOND_MS = 1_000;
const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', SECOND_MS],
] as const;

/** The two largest units: `1 h 23 min`; less than a second is `0 s`. */
function describeDuration(ms: number, language: Language): string {
  const words = wordsOf(language).durationUnits;
  const first = UNITS.findIndex(([, unitMs]) => ms >= unitMs);
  if (first < 0) return `0${words.second}`;
  let leftMs = ms;
  const parts: string[] = [];
  for (const [unit, unitMs] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(leftMs / unitMs);
    leftMs -= count * unitMs;
    if (count > 0) parts.push(`${count}${words[unit]}`);
  }
  return parts.join(words.gap);
}
