/** Payments as rows: gifts (free ones too), super chats, guards. */
import { type Gift, GUARD_NAMES, type Guard, type Payment, type SuperChat } from '#src/events.ts';
import type { Batch } from './batch.ts';
import type { Db } from './migrate.ts';
import type { Tally } from './tally.ts';
import type { Viewers } from './viewers.ts';

export const FLAG_LIST_PRICE = 1;
export const FLAG_BONUS = 2;
export const FLAG_TAKEN_DOWN = 4;
const FLAG_BLIND_BOX = 8;
const FLAG_BAG = 16;
const FLAG_SILVER = 32;

interface Columns {
  giftId: number | null;
  giftName: string;
  count: number;
  paidMilli: number;
  worthMilli: number;
  comboId: string | null;
  text: string | null;
  level: number | null;
  unit: string | null;
  box: Gift['blindBox'];
  receiver: Gift['receiver'];
  flags: number;
  translation: string | null;
  endMs: number | null;
}

const NONE = {
  giftId: null,
  comboId: null,
  text: null,
  level: null,
  unit: null,
  box: null,
  receiver: null,
  flags: 0,
  translation: null,
  endMs: null,
} as const;

function giftColumns(gift: Gift): Columns {
  const flags =
    (gift.blindBox === null ? 0 : FLAG_BLIND_BOX) |
    (gift.fromBag ? FLAG_BAG : 0) |
    (gift.coin === 'silver' ? FLAG_SILVER : 0);
  const { giftId, name: giftName, count, paidMilli, worthMilli, comboId, blindBox: box, receiver } = gift;
  return { ...NONE, giftId, giftName, count, paidMilli, worthMilli, comboId, box, receiver, flags };
}

function superChatColumns(superChat: SuperChat): Columns {
  const { paidMilli, text, translation, endMs } = superChat;
  return { ...NONE, giftName: '', count: 1, paidMilli, worthMilli: paidMilli, text, translation, endMs };
}

function guardColumns(guard: Guard): Columns {
  const { count, worthMilli, level, unit } = guard;
  const flags = (guard.isListPrice ? FLAG_LIST_PRICE : 0) | (guard.isBonus ? FLAG_BONUS : 0);
  // Bonus days may carry a price that nobody paid.
  const paidMilli = guard.isBonus ? 0 : guard.paidMilli;
  return { ...NONE, giftName: GUARD_NAMES[level], count, paidMilli, worthMilli, level, unit, flags };
}

function columnsOf(payment: Payment): Columns {
  if (payment.kind === 'gift') return giftColumns(payment);
  return payment.kind === 'super-chat' ? superChatColumns(payment) : guardColumns(payment);
}

export interface PaymentRows {
  /** The row's id, or null when it was there already. New rows are counted. */
  insert(payment: Payment, batch: Batch): number | null;
}

export function openPaymentRows(db: Db, viewers: Viewers, tally: Tally): PaymentRows {
  const insert = db.prepare<(string | number | null)[]>(
    `INSERT INTO payments (room, kind, event_id, at_ms, viewer, name, gift_id, gift_name, count, paid_milli,
       worth_milli, combo_id, text, level, unit, box_id, box_name, receiver_uid, receiver_name, flags,
       translation, end_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  return {
    insert(payment, batch) {
      const { room, kind, id, atMs, viewer } = payment;
      const person = viewers.number(viewer, atMs);
      const c = columnsOf(payment);
      const done = insert.run(
        ...[room, kind, id, atMs, person, person === 0 ? viewer.name : null],
        ...[c.giftId, c.giftName, c.count, c.paidMilli, c.worthMilli, c.comboId, c.text, c.level, c.unit],
        ...[c.box?.giftId ?? null, c.box?.name ?? null, c.receiver?.uid ?? null, c.receiver?.name ?? null],
        ...[c.flags, c.translation, c.endMs],
      );
      if (done.changes === 0) {
        batch.repeated += 1;
        return null;
      }
      batch.inserted += 1;
      const isBonus = payment.kind === 'guard' && payment.isBonus;
      tally.payment(room, atMs, person, { kind, count: c.count, paidMilli: c.paidMilli, isBonus }, 1);
      return Number(done.lastInsertRowid);
    },
  };
}
