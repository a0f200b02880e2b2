/** From the hot store's journal to the archive: each event once, in order, whatever fails on the way. */
import type { LiveEvent } from '#src/events.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Cursor, HotStore } from '#src/store/hot-store.ts';
import { commitApart, isRefusal } from '#src/store/refusals.ts';

export interface SyncOptions {
  readonly hotStore: Pick<HotStore, 'readJournal' | 'trimJournal' | 'journalDepth'>;
  readonly archive: Pick<Archive, 'commit' | 'cursor'>;
  readonly now: () => number;
  readonly log: Log;
  /** The journal is committed this often (250). */
  readonly commitMs?: number;
  /** Events that are enough for a commit before its time, and about as many as one takes (1000). */
  readonly commitEvents?: number;
  /** Least time between two commits that something told asks for (20). */
  readonly toldGapMs?: number;
  /** How long `close` may take (5000). */
  readonly closeMs?: number;
}

interface SyncState {
  /** Events in the journal that are not in the archive yet. */
  readonly pending: number;
  readonly commits: number;
  readonly inserted: number;
  readonly repeated: number;
  readonly failures: number;
  /** Events that the archive can never store: logged and left out. */
  readonly refused: number;
  /** How long the last successful commit took; null before it. */
  readonly lastCommitMs: number | null;
  /** When it was done. */
  readonly lastCommitAtMs: number | null;
  /** Why nothing is committed right now, for people; null when all is well. */
  readonly fault: string | null;
}

export interface Sync {
  /** Says that `events` more are in the journal, and whether people are told about one of them. */
  poke(told: boolean, events: number): void;
  state(): Promise<SyncState>;
  /** Commits what the journal holds; gives up after `closeMs` and logs how much is left. */
  close(): Promise<void>;
}

interface Batch {
  readonly events: readonly LiveEvent[];
  readonly cursor: Cursor;
}

const COMMIT_MS = 250;
const COMMIT_EVENTS = 1000;
const TOLD_GAP_MS = 20;
const CLOSE_MS = 5_000;
const RETRY_MS_MAX = 30_000;
/** A batch that was refused this often in a row is committed in parts. */
const REFUSALS_MAX = 3;

/** Not the wall clock: setting that back must not hold commits up. */
const steadyMs = () => performance.now();

type Outcome = 'empty' | 'done' | 'more' | 'failed';

class JournalSync implements Sync {
  readonly #options: SyncOptions;
  readonly #commitMs: number;
  readonly #commitEvents: number;
  #cursor: Cursor | null | undefined;
  /** Read and not committed: kept here until it is, even when the journal drops it. */
  #batch: Batch | null = null;
  #timer: NodeJS.Timeout | null = null;
  #dueMs = Number.POSITIVE_INFINITY;
  #running: Promise<Outcome> | null = null;
  #startedMs = 0;
  #told = false;
  #waiting = 0;
  #failedInRow = 0;
  #refusedInRow = 0;
  #closed: Promise<void> | null = null;
  #totals = { commits: 0, inserted: 0, repeated: 0, failures: 0, refused: 0 };
  #lastCommitMs: number | null = null;
  #lastCommitAtMs: number | null = null;
  #fault: string | null = null;

  constructor(options: SyncOptions) {
    this.#options = options;
    this.#commitMs = options.commitMs ?? COMMIT_MS;
    this.#commitEvents = options.commitEvents ?? COMMIT_EVENTS;
    this.#startedMs = steadyMs();
    this.#schedule(this.#startedMs);
  }

  poke(told: boolean, events: number): void {
    this.#told ||= told;
    this.#waiting += events;
    // While commits fail the backoff decides; while one runs, its end does.
    if (this.#failedInRow === 0 && this.#running === null) this.#schedule(this.#nextMs());
  }

  #nextMs(): number {
    const gapMs = this.#options.toldGapMs ?? TOLD_GAP_MS;
    if (this.#waiting >= this.#commitEvents) return steadyMs();
    return this.#startedMs + (this.#told ? gapMs : this.#commitMs);
  }

  /** Runs at `dueMs`, or earlier when that was agreed already. */
  #schedule(dueMs: number): void {
    if (this.#closed !== null || dueMs >= this.#dueMs) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(
      () => {
        this.#unschedule();
        void this.#turn();
      },
      Math.max(Math.ceil(dueMs - steadyMs()), 0),
    );
  }

  #unschedule(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  async #turn(): Promise<void> {
    const outcome = await this.#run();
    if (outcome === 'failed')
      this.#schedule(steadyMs() + Math.min(this.#commitMs * 2 ** (this.#failedInRow - 1), RETRY_MS_MAX));
    else if (outcome === 'more') this.#schedule(steadyMs());
    else this.#schedule(this.#nextMs());
  }

  /** One commit at a time: who comes while one runs waits for that one. */
  #run(): Promise<Outcome> {
    this.#running ??= this.#step().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #step(): Promise<Outcome> {
    this.#startedMs = steadyMs();
    this.#told = false;
    this.#waiting = 0;
    try {
      if (this.#cursor === undefined) this.#cursor = await this.#options.archive.cursor();
      this.#batch ??= await this.#read();
      const batch = this.#batch;
      if (batch === null) return this.#succeed('empty');
      const result = await this.#commit(batch);
      this.#batch = null;
      this.#cursor = batch.cursor;
      this.#totals.commits += 1;
      this.#totals.inserted += result.inserted;
      this.#totals.repeated += result.repeated;
      this.#totals.refused += result.refused;
      this.#lastCommitAtMs = this.#options.now();
      this.#lastCommitMs = Math.round(steadyMs() - this.#startedMs);
      await this.#options.hotStore.trimJournal(batch.cursor);
      return this.#succeed(batch.events.length >= this.#commitEvents ? 'more' : 'done');
    } catch (error) {
      this.#fail(error);
      return 'failed';
    }
  }

  async #read(): Promise<Batch | null> {
    const entries = await this.#options.hotStore.readJournal(this.#cursor ?? null, this.#commitEvents);
    const last = entries.at(-1);
    return last === undefined
      ? null
      : { events: entries.flatMap((entry) => entry.events), cursor: last.cursor };
  }

  async #commit({ events, cursor }: Batch) {
    const { archive, log } = this.#options;
    if (this.#refusedInRow >= REFUSALS_MAX) return commitApart(archive, events, cursor, log);
    return { ...(await archive.commit(events, cursor)), refused: 0 };
  }

  #succeed(outcome: Outcome): Outcome {
    if (this.#fault !== null) this.#options.log.info('sync: the archive takes events again');
    this.#failedInRow = 0;
    this.#refusedInRow = 0;
    this.#fault = null;
    return outcome;
  }

  #fail(error: unknown): void {
    this.#totals.failures += 1;
    this.#failedInRow += 1;
    this.#refusedInRow = isRefusal(error) ? this.#refusedInRow + 1 : 0;
    this.#fault = describeError(error);
    // The first one is said aloud; a disk that stays full must not fill the log as well.
    const level = this.#failedInRow === 1 ? 'error' : 'debug';
    this.#options.log[level](`sync: nothing can be committed, tried again: ${this.#fault}`);
  }

  async state(): Promise<SyncState> {
    const depth = await this.#options.hotStore.journalDepth();
    return {
      pending: depth.events,
      ...this.#totals,
      lastCommitMs: this.#lastCommitMs,
      lastCommitAtMs: this.#lastCommitAtMs,
      fault: this.#fault,
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    this.#unschedule();
    const closeMs = this.#options.closeMs ?? CLOSE_MS;
    const abort = new AbortController();
    const { promise: timeUp, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(() => {
      abort.abort();
      resolve('late');
    }, closeMs);
    const outcome = await Promise.race([this.#empty(abort.signal), timeUp]);
    clearTimeout(timer);
    if (outcome === 'empty') return;
    const { hotStore, log } = this.#options;
    const left = await Promise.race([hotStore.journalDepth(), timeUp.then(() => null)]);
    log.error(`sync: closed with ${left?.events ?? 'unknown'} events that are not in the archive`);
  }

  /** Turns until the journal is empty; one that fails is tried again after a moment. */
  async #empty(signal: AbortSignal): Promise<'empty' | 'late'> {
    while (!signal.aborted) {
      const outcome = await this.#run();
      if (outcome === 'empty') return 'empty';
      if (outcome === 'failed') await new Promise((resolve) => setTimeout(resolve, this.#commitMs));
    }
    return 'late';
  }
}

/** Starts bringing the journal into the archive, from where the archive's cursor says. */
export function startSync(options: SyncOptions): Sync {
  return new JournalSync(options);
}
