/**
 * GUARD_BUY comes first and tells the list price, the toast of the same purchase what was paid. So a GUARD_BUY
 * waits for its toast, and is booked at list price when none comes (protocol §4.4). Two purchases of one viewer
 * and level pair one to one.
 */
import type { Guard, GuardHeld, Viewer } from '#src/events.ts';

const WAITING_MAX = 2000;

interface Waiting {
  readonly viewer: Viewer;
  readonly level: number;
  /** Null for a toast that came before its GUARD_BUY. */
  readonly held: GuardHeld | null;
  readonly timer: NodeJS.Timeout;
}

/** Uids tell; where one side is masked, the name does, `张***` being any name that begins so. */
function isSamePerson(one: Viewer, other: Viewer): boolean {
  if (one.uid !== null && other.uid !== null) return one.uid === other.uid;
  if (one.name === other.name) return true;
  const isMasked = (name: string) => name.endsWith('***');
  if (!isMasked(one.name) && !isMasked(other.name)) return false;
  return [...one.name][0] === [...other.name][0];
}

function listPriced(held: GuardHeld): Guard {
  return {
    kind: 'guard',
    // The same as its GUARD_BUY's, so that the archive, booking what a crash left held, makes the same event.
    id: held.id,
    room: held.room,
    atMs: held.atMs,
    viewer: held.viewer,
    level: held.level,
    count: held.count,
    unit: '月',
    paidMilli: held.listMilli,
    worthMilli: held.listMilli,
    isListPrice: true,
    isBonus: false,
    action: 'unknown',
  };
}

export class GuardHold {
  readonly #holdMs: number;
  readonly #publish: (guard: Guard) => void;
  readonly #waiting = new Set<Waiting>();

  constructor(holdMs: number, publish: (guard: Guard) => void) {
    this.#holdMs = holdMs;
    this.#publish = publish;
  }

  /** A GUARD_BUY: dropped when its toast came already, else held. */
  hold(held: GuardHeld): void {
    if (this.#take(held.viewer, held.level, 'toast') !== null) return;
    this.#wait(held.viewer, held.level, held);
  }

  /** A toast that counts: takes the GUARD_BUY of the same purchase with it, now or when it comes. */
  settle(guard: Guard): void {
    if (this.#take(guard.viewer, guard.level, 'held') === null) this.#wait(guard.viewer, guard.level, null);
  }

  /** Books all that is held at list price. */
  close(): void {
    for (const waiting of [...this.#waiting]) this.#expire(waiting);
  }

  #wait(viewer: Viewer, level: number, held: GuardHeld | null): void {
    if (this.#waiting.size >= WAITING_MAX) {
      const [oldest] = this.#waiting;
      if (oldest !== undefined) this.#expire(oldest);
    }
    const waiting: Waiting = {
      viewer,
      level,
      held,
      timer: setTimeout(() => this.#expire(waiting), this.#holdMs),
    };
    this.#waiting.add(waiting);
  }

  /** The oldest of the viewer's that waits on the other side; one with the same uid before one that is masked. */
  #take(viewer: Viewer, level: number, side: 'held' | 'toast'): Waiting | null {
    const candidates = [...this.#waiting].filter(
      (waiting) =>
        waiting.level === level &&
        (waiting.held === null) === (side === 'toast') &&
        isSamePerson(waiting.viewer, viewer),
    );
    const found = candidates.find((waiting) => waiting.viewer.uid === viewer.uid) ?? candidates[0] ?? null;
    if (found !== null) this.#remove(found);
    return found;
  }

  #expire(waiting: Waiting): void {
    if (!this.#waiting.has(waiting)) return;
    this.#remove(waiting);
    if (waiting.held !== null) this.#publish(listPriced(waiting.held));
  }

  #remove(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
  }
}
