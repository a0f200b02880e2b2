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

/** Somebody as a row names them; `viewer` 0 and a name like `桃***` when Bilibili hides the person. */
interface Person {
  readonly viewer: number;
  readonly name: string;
}

interface Booked extends Person {
  readonly id: number;
  readonly event_id: string;
  readonly at_ms: number;
  readonly paid_milli: number;
  readonly count: number;
}

/** One of the messages may be masked where the other is not: then the name must fit (its first character stays). */
function maySame(one: Person, other: Person): boolean {
  if (one.viewer !== 0 && other.viewer !== 0) return one.viewer === other.viewer;
  if (one.name === other.name) return true;
  const isMasked = ({ viewer, name }: Person) => viewer === 0 && name.endsWith('***');
  return (isMasked(one) || isMasked(other)) && [...one.name][0] === [...other.name][0];
}

/** The nearest row of the same person, one that is surely theirs first. */
function findSame<T extends Person>(rows: readonly T[], person: Person): T | null {
  const sure = rows.find((row) => row.viewer !== 0 && row.viewer === person.viewer);
  return sure ?? rows.find((row) => maySame(row, person)) ?? null;
}

export interface Guards {
  hold(event: GuardHeld, batch: Batch): void;
  add(guard: Guard, batch: Batch): void;
  /** Books at list price what waits since before `nowMs - guardHoldMs` and a margin. */
  bookLeftOver(guardHoldMs: number, batch: Batch): void;
}

function prepare(db: Db) {
  const near = 'room = ? AND level = ? AND at_ms >= ? AND at_ms <= ?';
  const payments = `SELECT p.id, p.event_id, p.at_ms, p.paid_milli, p.count, p.viewer,
    coalesce(p.name, v.name, '') AS name FROM payments p LEFT JOIN viewers v ON v.viewer = p.viewer
    WHERE ${near} AND kind = 'guard'`;
  const nearest = 'ORDER BY abs(at_ms - ?), event_id';
  return {
    held: db.prepare<number[], { event_id: string; viewer: number; event: string }>(
      `SELECT event_id, viewer, event FROM held_guards WHERE ${near} ${nearest}`,
    ),
    insertHeld: db.prepare<[number, string, number, number, number, string]>(
      `INSERT INTO held_guards (room, event_id, viewer, level, at_ms, event) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    removeHeld: db.prepare<[number, string]>('DELETE FROM held_guards WHERE room = ? AND event_id = ?'),
    leftOver: db.prepare<[number], { event: string }>(
      'SELECT event FROM held_guards WHERE at_ms <= ? ORDER BY at_ms, event_id',
    ),
    booked: db.prepare<number[], Booked>(`${payments} AND flags & ${FLAG_LIST_PRICE} <> 0 ${nearest}`),
    unpaired: db.prepare<number[], Booked>(
      `${payments} AND paired IS NULL AND flags & ${FLAG_LIST_PRICE | FLAG_BONUS} = 0 ${nearest}`,
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

interface GuardParts {
  readonly db: Db;
  readonly rows: PaymentRows;
  readonly viewers: Viewers;
  readonly tally: Tally;
  readonly alerts: Alerts;
}

/** Which messages tell of the same purchase. */
function openPairs({ db, viewers }: GuardParts) {
  const statements = prepare(db);

  function window({ room, level, atMs }: Guard | GuardHeld, windowMs: number): number[] {
    return [room, level, atMs - windowMs, atMs + windowMs, atMs];
  }

  function personOf({ viewer, atMs }: Guard | GuardHeld): Person {
    const person = { viewer: viewers.number(viewer, atMs), name: viewer.name };
    // The rows are asked for names next, those of this batch too.
    viewers.flush();
    return person;
  }

  return {
    statements,
    /** The GUARD_BUY nearest to a toast that waits, or is booked at list price. */
    findHeld(toast: Guard): string | null {
      const waiting = statements.held.all(...window(toast, PAIR_WINDOW_MS)).map((row) => {
        const { viewer } = JSON.parse(row.event) as GuardHeld;
        return { eventId: row.event_id, viewer: row.viewer, name: viewer.name };
      });
      return findSame(waiting, personOf(toast))?.eventId ?? null;
    },
    findBooked(toast: Guard): Booked | null {
      const person = personOf(toast);
      return findSame(statements.booked.all(...window(toast, REPLACE_WINDOW_MS)), person);
    },
    /** True when this GUARD_BUY is booked, or a toast has told of it, or one that nobody claimed does now. */
    isKnown(guard: Guard | GuardHeld): boolean {
      const { room, atMs, id } = guard;
      if ((statements.isBooked.get(room, id) ?? 0) > 0) return true;
      const around = [atMs - REPLACE_WINDOW_MS, atMs + REPLACE_WINDOW_MS] as const;
      if ((statements.isSpokenFor.get(room, ...around, id) ?? 0) > 0) return true;
      const person = personOf(guard);
      const toast = findSame(statements.unpaired.all(...window(guard, PAIR_WINDOW_MS)), person);
      if (toast === null) return false;
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
    const payment = {
      kind: 'guard',
      count: booked.count,
      paidMilli: booked.paid_milli,
      isBonus: false,
    } as const;
    tally.payment(guard.room, booked.at_ms, booked.viewer, payment, -1);
  }

  function addToast(guard: Guard, batch: Batch): void {
    const row = rows.insert(guard, batch);
    if (row === null) return;
    const held = pairs.findHeld(guard);
    if (held !== null) {
      statements.removeHeld.run(guard.room, held);
      statements.pair.run(held, row);
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
