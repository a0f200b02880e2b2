/** What a document looks like in Discord. Every text from outside is escaped here, once. */
import type { APIEmbed } from 'discord.js';
import type { AlertDocument, FoldDocument, RoomFace, WarningDocument } from '#src/alerts/document.ts';
import { COLORS, fitEmbed } from '#src/discord/format/embed.ts';
import { describeGift, describeGuard, describeSuperChat } from '#src/discord/format/payment.ts';
import { type Look, type Pen, penOf, roomTitle } from '#src/discord/format/pen.ts';
import { describeReport, describeStream } from '#src/discord/format/stream.ts';
import { roomUrl } from '#src/discord/format.ts';
import type { Words } from '#src/discord/i18n.ts';
import { unreachable } from '#src/lib/errors.ts';

export interface MessageContent {
  readonly embeds: [APIEmbed];
  /** Pinged by the first post, where the document names one. */
  readonly roleId: string | null;
  /** Posted without a sound. */
  readonly isQuiet: boolean;
}

const MESSAGE_CHARS_MAX = 500;

/** The message of a document. `mark` is a part of the embed's address that tells our messages apart; `hasPicture` for reports. */
export function messageOf(
  document: AlertDocument,
  look: Look,
  { mark = '', hasPicture = false }: { readonly mark?: string; readonly hasPicture?: boolean } = {},
): MessageContent {
  const embed = embedOf(document, penOf(look), hasPicture);
  const url = roomOf(document) === null ? 'https://live.bilibili.com/' : roomUrl(roomOf(document)?.room ?? 0);
  return {
    embeds: [fitEmbed({ ...embed, url: mark === '' ? url : `${url}#${mark}` })],
    roleId: document.type === 'stream' && document.endedMs === null ? document.roleId : null,
    isQuiet: document.type === 'fold' || document.type === 'report',
  };
}

function roomOf(document: AlertDocument): RoomFace | null {
  return document.type === 'fold' ? null : document.room;
}

function embedOf(document: AlertDocument, pen: Pen, hasPicture: boolean): APIEmbed {
  switch (document.type) {
    case 'stream':
      return describeStream(document, pen);
    case 'gift':
      return describeGift(document, pen);
    case 'super-chat':
      return describeSuperChat(document, pen);
    case 'guard':
      return describeGuard(document, pen);
    case 'warning':
      return describeWarning(document, pen);
    case 'fold':
      return describeFold(document, pen);
    case 'report':
      return describeReport(document, pen, hasPicture);
    default:
      return unreachable(document);
  }
}

function describeWarning(document: WarningDocument, pen: Pen): APIEmbed {
  const { format, words } = pen;
  const said = format.text(document.message, MESSAGE_CHARS_MAX);
  return {
    color: COLORS.warning,
    title: roomTitle(document.room, pen),
    description: `⚠️ ${document.cutOff ? words.cutOff : words.warned}${said === '' ? '' : `\n> ${said}`}`,
    timestamp: new Date(document.atMs).toISOString(),
  };
}

const FOLD_ROOMS_SHOWN = 8;
/** Over a longer time a clock time does not say which day. */
const CLOCK_ALONE_MS_MAX = 12 * 3_600_000;

/** "+37 gifts, ¥512". */
function describeFold(document: FoldDocument, { words, format, look, name }: Pen): APIEmbed {
  const counts = (Object.keys(words.foldCounts) as (keyof Words['foldCounts'])[])
    .filter((field) => document[field] > 0)
    .map((field) => words.foldCounts[field](format.number(document[field]), document[field] === 1));
  if (look.showMoney && document.paidMilli > 0) counts.push(`**${format.money(document.paidMilli)}**`);
  const shown = document.rooms.slice(0, FOLD_ROOMS_SHOWN).map((room) => name(room));
  if (document.rooms.length > shown.length) shown.push('…');
  const style = document.toMs - document.fromMs > CLOCK_ALONE_MS_MAX ? 'f' : 't';
  const span = `${format.time(document.fromMs, style)} – ${format.time(document.toMs, style)}`;
  return {
    color: COLORS.plain,
    description: [
      document.reason === 'burst' ? words.foldBurst : words.foldLate,
      counts.join(words.separator) || words.foldNothing,
      shown.join(words.separator),
      document.reason === 'burst' ? '' : span,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    timestamp: new Date(document.toMs).toISOString(),
  };
}
