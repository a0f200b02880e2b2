/** From the bus to the hot store: events in their order, in batches. */
import type { Bus } from '#src/bus.ts';
import { isTold, type LiveEvent } from '#src/events.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { HotStore } from '#src/store/hot-store.ts';

export interface IntakeOptions {
  readonly bus: Bus;
  readonly hotStore: HotStore;
  /** An event waits at most this long (50). */
  readonly flushMs?: number;
  /** Events of a batch that is full (500). */
  readonly flushEvents?: number;
  /** Events that may wait while the hot store does not answer; those that come then are dropped and counted. */
  readonly queueEventsMax: number;
  /** Called when a batch is in the journal: whether it holds something told, and how many events. */
  readonly onFlushed: (told: boolean, events: number) => void;
  /** How long `close` waits for a hot store that does not answer (3000). */
  readonly closeMs?: number;
  readonly log: Log;
}

interface IntakeState {
  readonly queued: number;
  readonly appended: number;
  /** Events that found the queue full. */
  readonly dropped: number;
  /** Appends that failed and were tried again. */
  readonly failures: number;
}

interface Intake {
  state(): IntakeState;
  /** Takes no more events and flushes those that wait; gives up after `closeMs` and logs how many were lost. */
  close(): Promise<void>;
}

const FLUSH_MS = 50;
const FLUSH_EVENTS = 500;
const CLOSE_MS = 3_000;
const RETRY_MS = 100;
const RETRY_MS_MAX = 5_000;

class BusIntake implements Intake {
  readonly #options: IntakeOptions;
  readonly #flushEvents: number;
  readonly #unsubscribe: () => void;
  #queue: LiveEvent[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** Something told waits: the batch goes as soon as the bytes at hand are read. */
  #urgent = false;
  #appending = false;
  #failedInRow = 0;
  #appended = 0;
  #dropped = 0;
  #failures = 0;
  #onEmpty: (() => void) | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#flushEvents = options.flushEvents ?? FLUSH_EVENTS;
    this.#unsubscribe = options.bus.subscribe((event) => this.#take(event));
  }

  state(): IntakeState {
    return {
      queued: this.#queue.length,
      appended: this.#appended,
      dropped: this.#dropped,
      failures: this.#failures,
    };
  }

  #take(event: LiveEvent): void {
    if (this.#queue.length >= this.#options.queueEventsMax) {
      if (this.#dropped === 0) this.#options.log.error('intake: queue full, events are dropped');
      this.#dropped += 1;
      return;
    }
    this.#queue.push(event);
    if (isTold(event) && !this.#urgent) {
      this.#urgent = true;
      // Not this very moment: the rest of the frame joins the batch.
      queueMicrotask(() => this.#flush());
    } else if (this.#queue.length === this.#flushEvents) {
      queueMicrotask(() => this.#flush());
    }
    this.#wait(this.#options.flushMs ?? FLUSH_MS);
  }

  #wait(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#flush();
    }, ms);
  }

  #flush(): void {
    if (this.#appending || this.#failedInRow > 0) return;
    void this.#append();
  }

  /** One batch at a time, and the same batch again until it is in the journal: order holds. */
  async #append(): Promise<void> {
    this.#stopTimer();
    this.#appending = true;
    const batch = this.#queue.slice(0, this.#flushEvents);
    const urgent = this.#urgent;
    try {
      if (batch.length > 0) await this.#options.hotStore.append(batch);
      this.#failedInRow = 0;
    } catch (error) {
      this.#failures += 1;
      this.#failedInRow += 1;
      this.#options.log.warn(`intake: hot store does not take events: ${describeError(error)}`);
    }
    this.#appending = false;
    if (this.#failedInRow > 0) {
      this.#retryLater();
      return;
    }
    this.#queue = this.#queue.slice(batch.length);
    this.#appended += batch.length;
    const told = urgent && batch.some(isTold);
    if (urgent) this.#urgent = this.#queue.some(isTold);
    if (batch.length > 0) this.#options.onFlushed(told, batch.length);
    this.#goOn();
  }

  #retryLater(): void {
    const ms = Math.min(RETRY_MS * 2 ** (this.#failedInRow - 1), RETRY_MS_MAX);
    this.#stopTimer();
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#append();
    }, ms);
  }

  #goOn(): void {
    if (this.#queue.length === 0) {
      this.#onEmpty?.();
      return;
    }
    const due = this.#urgent || this.#queue.length >= this.#flushEvents || this.#closed !== null;
    if (due) void this.#append();
    else this.#wait(this.#options.flushMs ?? FLUSH_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    this.#unsubscribe();
    if (this.#queue.length === 0 && !this.#appending) return this.#stopTimer();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#onEmpty = resolve;
    const giveUp = setTimeout(resolve, this.#options.closeMs ?? CLOSE_MS);
    this.#failedInRow = 0;
    if (!this.#appending) void this.#append();
    await promise;
    clearTimeout(giveUp);
    this.#stopTimer();
    if (this.#queue.length > 0)
      this.#options.log.error(`intake: ${this.#queue.length} events were lost on closing`);
  }
}

/** Starts batching what the bus says into the hot store: at most 50 ms or 500 events, at once for what people are told. */
export function startIntake(options: IntakeOptions): Intake {
  return new BusIntake(options);
}
