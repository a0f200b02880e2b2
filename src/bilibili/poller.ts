/** Asks for the state of all watched rooms in batches: what a lost LIVE or PREPARING left open is mended by it. */
import { sleep } from '#src/lib/backoff.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import { type Api, BATCH_MAX } from './api.ts';
import type { RoomBase } from './room-answers.ts';

interface PollerOptions {
  readonly api: Api;
  readonly intervalMs: number;
  readonly spacingMs: number;
  readonly closed: AbortSignal;
  readonly log: Log;
  /** The rooms to ask for, each time anew. */
  readonly rooms: () => readonly number[];
  readonly onRoom: (base: RoomBase) => void;
  /** These were asked for, with or without success. */
  readonly onAsked: (rooms: readonly number[]) => void;
}

export class Poller {
  readonly #options: PollerOptions;
  readonly #due = new Set<number>();
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #failures = 0;

  /** Starts polling; the signal `closed` ends it. */
  constructor(options: PollerOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.ask(options.rooms()), options.intervalMs);
    options.closed.addEventListener('abort', () => clearInterval(this.#timer), { once: true });
  }

  /** Asks for these rooms as soon as may be. */
  ask(rooms: readonly number[]): void {
    for (const room of rooms) this.#due.add(room);
    if (this.#due.size === 0 || this.#options.closed.aborted) return;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { closed, spacingMs, onAsked } = this.#options;
    while (this.#due.size > 0 && !closed.aborted) {
      const rooms = [...this.#due].slice(0, BATCH_MAX);
      for (const room of rooms) this.#due.delete(room);
      await this.#askBatch(rooms);
      onAsked(rooms);
      if (this.#due.size > 0) await sleep(spacingMs, closed);
    }
  }

  /** A poll that fails is no fault of a room: the next one comes. */
  async #askBatch(rooms: readonly number[]): Promise<void> {
    const { api, log, onRoom, closed } = this.#options;
    try {
      for (const base of await api.roomBases(rooms)) onRoom(base);
      this.#failures = 0;
    } catch (error) {
      if (closed.aborted) return;
      const level = this.#failures++ === 0 ? 'warn' : 'debug';
      log[level](`the state of ${rooms.length} rooms is not known: ${describeError(error)}`);
    }
  }
}
