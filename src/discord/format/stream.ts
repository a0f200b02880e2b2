/** The card of a broadcast, which ends as its report, and the periodic report. */
import type { APIEmbed, APIEmbedField } from 'discord.js';
import type { ReportDocument, RoomFace, StreamDocument } from '#src/alerts/document.ts';
import { COLORS } from '#src/discord/format/embed.ts';
import { type Pen, REPORT_PICTURE, roomTitle } from '#src/discord/format/pen.ts';
import type { Totals } from '#src/shapes.ts';

const TITLE_CHARS_MAX = 100;
const AREA_CHARS_MAX = 40;
const URL_CHARS_MAX = 1_000;

export function describeStream(document: StreamDocument, pen: Pen): APIEmbed {
  const { words, format } = pen;
  const { room, startedMs, endedMs } = document;
  const area: APIEmbedField[] = [
    {
      name: words.area,
      value: format.text(room.area, AREA_CHARS_MAX) || '–',
      inline: true,
    },
  ];
  const title = roomTitle(room, pen);
  const about = { description: `**${format.text(room.title, TITLE_CHARS_MAX) || words.untitled}**` };
  if (endedMs === null)
    return {
      ...about,
      color: COLORS.live,
      title: words.live(title),
      fields: [...area, { name: words.started, value: format.time(startedMs, 'R'), inline: true }],
      ...coverOf(room),
      timestamp: new Date(startedMs).toISOString(),
    };
  const peak = document.peakOnline;
  return {
    ...about,
    color: COLORS.ended,
    title: words.ended(title),
    fields: [
      ...area,
      { name: words.started, value: format.time(startedMs, 'f'), inline: true },
      { name: words.endedAt, value: format.time(endedMs, 'f'), inline: true },
      { name: words.duration, value: format.duration(endedMs - startedMs), inline: true },
      ...(peak === null ? [] : [{ name: words.peakOnline, value: format.number(peak), inline: true }]),
      ...(document.totals === null ? [] : totalFields(document.totals, pen)),
    ],
    ...coverOf(room),
    timestamp: new Date(endedMs).toISOString(),
  };
}

/** Bilibili gives covers with http or without a scheme; Discord fetches them itself, over https. */
function coverOf(room: RoomFace): Pick<APIEmbed, 'image'> {
  const text = room.coverUrl?.replace(/^(?:http:)?\/\//, 'https://') ?? '';
  if (text.length > URL_CHARS_MAX || !URL.canParse(text)) return {};
  const url = new URL(text);
  const isPlain = url.protocol === 'https:' && url.username === '' && url.hostname.includes('.');
  return isPlain && url.href.length <= URL_CHARS_MAX ? { image: { url: url.href } } : {};
}

function totalFields(totals: Totals, { words, format, look }: Pen): APIEmbedField[] {
  const count = (name: string, value: number, milli: number | null, note?: string): APIEmbedField => ({
    name,
    value: [
      format.number(value),
      milli !== null && look.showMoney ? format.money(milli) : '',
      note === undefined ? '' : note,
    ]
      .filter((line) => line !== '')
      .join('\n'),
    inline: true,
  });
  const fields = [
    count(words.danmaku, totals.danmaku, null, words.chatters(format.number(totals.chatters))),
    count(words.gifts, totals.gifts, totals.giftMilli),
    count(words.superChats, totals.superChats, totals.superChatMilli),
    count(words.guards, totals.guards, totals.guardMilli),
  ];
  if (look.showMoney)
    fields.push({
      name: words.revenue,
      value: `**${format.money(totals.revenueMilli)}**\n${words.payers(format.number(totals.payers))}`,
      inline: true,
    });
  const missedMs = totals.gaps.reduce((sum, gap) => sum + gap.toMs - gap.fromMs, 0);
  if (missedMs > 0) fields.push({ name: words.notObserved, value: format.duration(missedMs), inline: true });
  return fields;
}

/** A report with its picture, or without one when it could not be drawn. */
export function describeReport(document: ReportDocument, pen: Pen, hasPicture: boolean): APIEmbed {
  const { words, format, look } = pen;
  const span = `${format.time(document.fromMs, 'f')} – ${format.time(document.toMs, 'f')}`;
  return {
    color: COLORS.plain,
    title: words.report(roomTitle(document.room, pen), words.periods[document.every]),
    description: hasPicture ? span : `${span}\n${words.noPicture}`,
    fields: totalFields(document.totals, pen),
    ...(hasPicture
      ? {
          image: { url: `attachment://${REPORT_PICTURE}` },
          footer: { text: words.timeZone(look.timeZone) },
        }
      : {}),
  };
}
