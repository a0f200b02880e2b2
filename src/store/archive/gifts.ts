/** Gifts and the running sums of their combos. */
import { LRUCache } from 'lru-cache';
import type { ComboSums } from '#src/alerts/rules.ts';
import type { Gift } from '#src/events.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { Db } from './migrate.ts';
import type { PaymentRows } from './payment-rows.ts';

const COMBOS_MAX = 20_000;

export interface Gifts {
  add(gift: Gift, batch: Batch): void;
  clear(): void;
}

export function openGifts(db: Db, rows: PaymentRows, alerts: Alerts): Gifts {
  const combos = new LRUCache<string, ComboSums>({ max: COMBOS_MAX });
  const sum = db.prepare<[number, string], ComboSums>(
    `SELECT sum(count) AS count, sum(paid_milli) AS paidMilli, sum(worth_milli) AS worthMilli
     FROM payments WHERE room = ? AND combo_id = ?`,
  );

  /** The sums with this gift, whose row is stored already. */
  function withGift(gift: Gift): ComboSums {
    const { comboId, room, count, paidMilli, worthMilli } = gift;
    if (comboId === null) return { count, paidMilli, worthMilli };
    const key = `${room}:${comboId}`;
    const before = combos.get(key);
    const sums =
      before === undefined
        ? (sum.get(room, comboId) ?? { count, paidMilli, worthMilli })
        : {
            count: before.count + count,
            paidMilli: before.paidMilli + paidMilli,
            worthMilli: before.worthMilli + worthMilli,
          };
    combos.set(key, sums);
    return sums;
  }

  return {
    add(gift, batch) {
      if (rows.insert(gift, batch) === null) return;
      // Free gifts keep a known sum true but start none: they are told to nobody.
      const isKnown = gift.comboId !== null && combos.has(`${gift.room}:${gift.comboId}`);
      const sums = gift.paidMilli > 0 || isKnown ? withGift(gift) : null;
      if (sums !== null) alerts.gift(batch, gift, sums);
    },
    clear: () => combos.clear(),
  };
}
