/**
 * Guards: one purchase comes as GUARD_BUY (list price, held back) and as toasts (what was paid). The toast
 * beats the list price whatever comes first, and two purchases pair one to one (protocol §4.4).
 */
import type { Guard, GuardHeld } from '#src/events.ts';
import type { Alerts } from './alerts.ts';
import type { Batch } from './batch.ts';
import type { Db } from './migrate.ts';
import { FLAG_BONUS, FLAG_LIST_PRICE, type PaymentRows } from './payment-rows.ts';
import type { Tally } from './tally.ts';
import type { Viewers } from './viewers.ts';

/** GUARD_BUY and its toast come within seconds of each other. */
const PAIR_WINDOW_MS = 10_000;
/** A toast this late still replaces a list price that is booked already. */
const REPLACE_WINDOW_MS = 60_000;
/** The collector books a held guard itself; only what it lost in a crash is older than this. */
const BOOK_MARGIN_MS = 5_000;

interface Booked {
  id: number;
  event_id: string;
  at_ms: number;
  paid_milli: number;
  count: number;
}

export interface Guards {
  hold(event: GuardHeld, batch: Batch): void;
  add(guard: Guard, batch: Batch): void;
  /** Books at list price what waits since before `nowMs - guardHoldMs` and a margin. */
  bookLeftOver(guardHoldMs: number, batch: Batch): void;
}

function prepare(db: Db) {
  const near = `room = ? AND viewer = ? AND level = ? AND at_ms >= ? AND at_ms <= ?`;
  return {
    held: db.prepare<number[], { event_id: string }>(
      `SELECT event_id FROM held_guards WHERE ${near} ORDER BY abs(at_ms - ?), event_id LIMIT 1`,
    ),
    insertHeld: db.prepare<[number, string, number, number, number, string]>(
      `INSERT INTO held_guards (room, event_id, viewer, level, at_ms, event) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    removeHeld: db.prepare<[number, string]>('DELETE FROM held_guards WHERE room = ? AND event_id = ?'),
    leftOver: db.prepare<[number], { event: string }>(
      'SELECT event FROM held_guards WHERE at_ms <= ? ORDER BY at_ms, event_id',
    ),
    booked: db.prepare<number[], Booked>(
      `SELECT id, event_id, at_ms, paid_milli, count FROM payments WHERE ${near} AND kind = 'guard'
       AND flags & ${FLAG_LIST_PRICE} <> 0 ORDER BY abs(at_ms - ?), id LIMIT 1`,
    ),
    unpaired: db.prepare<number[], { id: number }>(
      `SELECT id FROM payments WHERE ${near} AND kind = 'guard' AND paired IS NULL
       AND flags & ${FLAG_LIST_PRICE | FLAG_BONUS} = 0 ORDER BY abs(at_ms - ?), id LIMIT 1`,
    ),
    // A pair is at most REPLACE_WINDOW_MS apart, so the time index finds the row.
    isSpokenFor: db
      .prepare<[number, number, number, string], number>(
        `SELECT count(*) FROM payments WHERE room = ? AND at_ms >= ? AND at_ms <= ? AND kind = 'guard' AND paired = ?`,
      )
      .pluck(),
    isBooked: db
      .prepare<[number, string], number>(
        "SELECT count(*) FROM payments WHERE room = ? AND kind = 'guard' AND event_id = ?",
      )
      .pluck(),
    pair: db.prepare<[string, number]>('UPDATE payments SET paired = ? WHERE id = ?'),
    remove: db.prepare<[number]>('DELETE FROM payments WHERE id = ?'),
  };
}

export interface GuardParts {
  readonly db: Db;
  readonly rows: PaymentRows;
  readonly viewers: Viewers;
  readonly tally: Tally;
  readonly alerts: Alerts;
}

/** Which messages tell of the same purchase. */
function openPairs({ db, viewers }: GuardParts) {
  const statements = prepare(db);

  function window(guard: Guard | GuardHeld, windowMs: number): number[] {
    const { room, level, atMs } = guard;
    const person = viewers.number(guard.viewer, atMs);
    return [room, person, level, atMs - windowMs, atMs + windowMs, atMs];
  }

  return {
    statements,
    /** The GUARD_BUY nearest to a toast that waits, or is booked at list price. */
    findHeld: (toast: Guard) => statements.held.get(...window(toast, PAIR_WINDOW_MS)) ?? null,
    findBooked: (toast: Guard) => statements.booked.get(...window(toast, REPLACE_WINDOW_MS)) ?? null,
    /** True when this GUARD_BUY is booked, or a toast has told of it, or one that nobody claimed does now. */
    isKnown(guard: Guard | GuardHeld): boolean {
      const { room, atMs, id } = guard;
      if ((statements.isBooked.get(room, id) ?? 0) > 0) return true;
      const around = [atMs - REPLACE_WINDOW_MS, atMs + REPLACE_WINDOW_MS] as const;
      if ((statements.isSpokenFor.get(room, ...around, id) ?? 0) > 0) return true;
      const toast = statements.unpaired.get(...window(guard, PAIR_WINDOW_MS));
      if (toast === undefined) return false;
      statements.pair.run(id, toast.id);
      return true;
    },
  };
}

export function openGuards(parts: GuardParts): Guards {
  const { rows, viewers, tally, alerts } = parts;
  const { statements, ...pairs } = openPairs(parts);

  function addListPrice(guard: Guard, batch: Batch): void {
    statements.removeHeld.run(guard.room, guard.id);
    if (pairs.isKnown(guard)) {
      batch.repeated += 1;
      return;
    }
    if (rows.insert(guard, batch) !== null) alerts.guard(batch, guard);
  }

  /** Takes back a list price that was booked; the toast's message then takes the place of its message. */
  function replace(guard: Guard, booked: Booked): void {
    statements.remove.run(booked.id);
    const person = viewers.number(guard.viewer, guard.atMs);
    const payment = {
      kind: 'guard',
      count: booked.count,
      paidMilli: booked.paid_milli,
      isBonus: false,
    } as const;
    tally.payment(guard.room, booked.at_ms, person, payment, -1);
  }

  function addToast(guard: Guard, batch: Batch): void {
    const row = rows.insert(guard, batch);
    if (row === null) return;
    const held = pairs.findHeld(guard);
    if (held !== null) {
      statements.removeHeld.run(guard.room, held.event_id);
      statements.pair.run(held.event_id, row);
      alerts.guard(batch, guard);
      return;
    }
    const booked = pairs.findBooked(guard);
    if (booked === null) {
      alerts.guard(batch, guard);
      return;
    }
    replace(guard, booked);
    statements.pair.run(booked.event_id, row);
    alerts.guard(batch, { ...guard, id: booked.event_id });
  }

  return {
    hold(event, batch) {
      const { room, id, atMs, level } = event;
      if (pairs.isKnown(event)) {
        batch.repeated += 1;
        return;
      }
      const person = viewers.number(event.viewer, atMs);
      const done = statements.insertHeld.run(room, id, person, level, atMs, JSON.stringify(event));
      if (done.changes === 0) batch.repeated += 1;
      else batch.inserted += 1;
    },
    add(guard, batch) {
      if (guard.isListPrice) addListPrice(guard, batch);
      else if (!guard.isBonus) addToast(guard, batch);
      else rows.insert(guard, batch);
    },
    bookLeftOver(guardHoldMs, batch) {
      for (const { event } of statements.leftOver.all(batch.nowMs - guardHoldMs - BOOK_MARGIN_MS)) {
        const { id, room, atMs, viewer, level, count, listMilli } = JSON.parse(event) as GuardHeld;
        const price = { paidMilli: listMilli, worthMilli: listMilli, isListPrice: true, isBonus: false };
        const base = { kind: 'guard', id, room, atMs, viewer, level, count } as const;
        addListPrice({ ...base, unit: '月', ...price, action: 'unknown' }, batch);
      }
    },
  };
}
