/** What every embed is written with: the channel's wishes, its language, and names made safe. */
import type { RoomFace } from '#src/alerts/document.ts';
import { createFormat } from '#src/discord/format.ts';
import { type Words, wordsOf } from '#src/discord/i18n.ts';
import type { Format, Language } from '#src/sdk.ts';

/** How a channel wants its messages. */
export interface Look {
  readonly language: Language;
  /** IANA name; pictures are drawn in it, everything else shows the reader's own time. */
  readonly timeZone: string;
  /** False: nothing in the message tells an amount, the colour included. */
  readonly showMoney: boolean;
}

/** Looks, words and helpers of one message. */
export interface Pen {
  readonly look: Look;
  readonly words: Words;
  readonly format: Format;
  /** A person or a room, bold; never empty. */
  name(outside: string): string;
  /** ` = ¥300`, or nothing where money is hidden. */
  amount(milli: number, note?: string): string;
}

/** A picture that a report refers to as `attachment://report.png`. */
export const REPORT_PICTURE = 'report.png';

const NAME_CHARS_MAX = 60;

export function penOf(look: Look): Pen {
  const words = wordsOf(look.language);
  const format = createFormat(look.language);
  return {
    look,
    words,
    format,
    name: (outside) => `**${format.text(outside, NAME_CHARS_MAX) || words.nobody}**`,
    amount: (milli, note) =>
      look.showMoney ? ` = **${format.money(milli)}**${note === undefined ? '' : ` (${note})`}` : '',
  };
}

/** A room as the title of its alerts. */
export function roomTitle(room: RoomFace, { format }: Pen): string {
  return format.text(room.name, NAME_CHARS_MAX) || String(room.room);
}
