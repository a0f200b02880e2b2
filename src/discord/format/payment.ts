/** Gifts, super chats and guards as embeds: the room, who, what, how many, and the money. */
import type { APIEmbed } from 'discord.js';
import type { GiftDocument, GuardDocument, SuperChatDocument } from '#src/alerts/document.ts';
import { COLORS } from '#src/discord/format/embed.ts';
import { type Pen, roomTitle } from '#src/discord/format/pen.ts';

const GIFT_CHARS_MAX = 40;
const TEXT_CHARS_MAX = 300;

export function describeGift(document: GiftDocument, pen: Pen): APIEmbed {
  const { format, words, look, name } = pen;
  const gift = format.text(document.giftName, GIFT_CHARS_MAX) || `#${document.giftId}`;
  const what = `**${gift} × ${format.number(document.count)}**`;
  const lines = [`🎁 ${words.gave(name(document.viewerName), what, pen.amount(document.paidMilli))}`];
  if (document.boxName !== null) {
    const isWorthOther = look.showMoney && document.worthMilli !== document.paidMilli;
    const worth = isWorthOther ? format.money(document.worthMilli) : null;
    lines.push(words.fromBox(name(document.boxName), worth));
  }
  if (document.receiverName !== null) lines.push(words.toReceiver(name(document.receiverName)));
  return {
    color: look.showMoney ? COLORS.money : COLORS.plain,
    title: roomTitle(document.room, pen),
    description: lines.join('\n'),
    timestamp: new Date(document.atMs).toISOString(),
  };
}

/** Bilibili's own colours of a super chat, by what was paid at least. */
const TIERS: readonly (readonly [paidMilli: number, color: number])[] = [
  [2_000_000, 0xab1a32],
  [1_000_000, 0xe54d4d],
  [500_000, 0xe09443],
  [100_000, 0xe2b52b],
  [50_000, 0x427d9e],
  [0, 0x2a60b2],
];

export function describeSuperChat(document: SuperChatDocument, pen: Pen): APIEmbed {
  const { format, words, look, name } = pen;
  const lines = [`💬 ${words.superChat(name(document.viewerName), pen.amount(document.paidMilli))}`];
  if (document.takenDown) lines.push(`*${words.takenDown}*`);
  else {
    const text = format.text(document.text, TEXT_CHARS_MAX);
    if (text !== '') lines.push(`> ${text}`);
    const translation = format.text(document.translation ?? '', TEXT_CHARS_MAX);
    if (translation !== '') lines.push(`> *${translation}*`);
  }
  const tier = TIERS.find(([paidMilli]) => document.paidMilli >= paidMilli)?.[1] ?? COLORS.plain;
  return {
    color: look.showMoney ? tier : COLORS.plain,
    title: roomTitle(document.room, pen),
    description: lines.join('\n'),
    timestamp: new Date(document.atMs).toISOString(),
  };
}

const LEVEL_COLORS = { 1: 0xe54d4d, 2: 0xb071d1, 3: 0x5f9ce8 } as const;

export function describeGuard(document: GuardDocument, pen: Pen): APIEmbed {
  const { format, words, name } = pen;
  const unit = format.text(document.unit, 20);
  const level = `**${words.guardLevels[document.level]} × ${words.units(document.count, unit)}**`;
  const describe = {
    new: words.guardNew,
    renew: words.guardRenew,
    'auto-renew': words.guardAutoRenew,
    unknown: words.guardUnknown,
  }[document.action];
  const amount = pen.amount(document.paidMilli, document.isListPrice ? words.listPrice : undefined);
  return {
    color: LEVEL_COLORS[document.level],
    title: roomTitle(document.room, pen),
    description: `⚓ ${describe(name(document.viewerName), level)}${amount}`,
    timestamp: new Date(document.atMs).toISOString(),
  };
}
