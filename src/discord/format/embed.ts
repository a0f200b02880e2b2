/** Keeps embeds within Discord's limits, whatever went into them. */
import type { APIEmbed, APIEmbedField } from 'discord.js';
import { cut } from '#src/lib/escape.ts';

/** Characters that Discord takes, by place; all embeds of a message hold 6000 together. */
const EMBED_CHARS_MAX = {
  title: 256,
  description: 4096,
  fieldName: 256,
  fieldValue: 1024,
  footer: 2048,
  all: 6000,
} as const;
const FIELDS_MAX = 25;
/** Shown where Discord wants something and there is nothing. */
const EMPTY = '–';

export const COLORS = {
  plain: 0x5865f2,
  live: 0xfb7299,
  money: 0xe2b52b,
  warning: 0xed4245,
  ended: 0x747f8d,
} as const;

/** The embed with what is too long cut between graphemes, never inside an escape, and last fields left out. */
export function fitEmbed(embed: APIEmbed): APIEmbed {
  const fitted: APIEmbed = { ...embed };
  if (embed.title !== undefined) fitted.title = fitMarkdown(embed.title, EMBED_CHARS_MAX.title);
  if (embed.description !== undefined)
    fitted.description = fitMarkdown(embed.description, EMBED_CHARS_MAX.description);
  if (embed.footer !== undefined)
    fitted.footer = { ...embed.footer, text: cut(embed.footer.text, EMBED_CHARS_MAX.footer) };
  let left = EMBED_CHARS_MAX.all - charsOf([fitted.title, fitted.footer?.text]);
  if (fitted.description !== undefined && fitted.description.length > left)
    fitted.description = fitMarkdown(fitted.description, left);
  left -= charsOf([fitted.description]);
  if (embed.fields !== undefined) fitted.fields = fitFields(embed.fields, left);
  return fitted;
}

function fitFields(fields: readonly APIEmbedField[], charsMax: number): APIEmbedField[] {
  const kept: APIEmbedField[] = [];
  let left = charsMax;
  for (const field of fields.slice(0, FIELDS_MAX)) {
    const name = fitMarkdown(field.name, EMBED_CHARS_MAX.fieldName) || EMPTY;
    const value = fitMarkdown(field.value, EMBED_CHARS_MAX.fieldValue) || EMPTY;
    left -= name.length + value.length;
    if (left < 0) break;
    kept.push({ ...field, name, value });
  }
  return kept;
}

function charsOf(parts: readonly (string | undefined)[]): number {
  return parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
}

/** Cuts our own markdown: a backslash that lost its character would swallow the `…`. */
function fitMarkdown(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text;
  const kept = cut(text, charsMax).slice(0, -1);
  const backslashes = /\\*$/.exec(kept)?.[0].length ?? 0;
  return `${backslashes % 2 === 1 ? kept.slice(0, -1) : kept}…`;
}
