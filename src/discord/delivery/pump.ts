/** Reads what is open in the outbox, folds what is too much or too old, and hands the rest to the channels. */
import { chooseFolds } from '#src/discord/delivery/folding.ts';
import { Lane } from '#src/discord/delivery/lane.ts';
import type { LaneHost } from '#src/discord/delivery/sender.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Archive, OutboxItem } from '#src/store/archive.ts';

const LIMIT = 1_000;
/** Asked for when the oldest ones are stuck and others wait behind them. */
const LIMIT_MAX = 10_000;
/** Reading more open documents than this costs enough to be paced: one millisecond each. */
const CHEAP = 100;
const GAP_MS_MAX = 1_000;

export interface PumpOptions {
  readonly host: LaneHost;
  readonly archive: Pick<Archive, 'openOutbox' | 'foldOutbox'>;
  readonly foldAfter: number;
}

export class Pump {
  readonly #options: PumpOptions;
  readonly #lanes = new Map<string, Lane>();
  #limit = LIMIT;
  #isWanted = false;
  #isRunning = false;
  #isStopped = false;
  #run: Promise<void> = Promise.resolve();
  #endGap: () => void = () => {};

  constructor(options: PumpOptions) {
    this.#options = options;
  }

  wake(): void {
    this.#isWanted = true;
    if (!this.#isRunning && !this.#isStopped) this.#run = this.#work();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endGap();
    await Promise.all([this.#run, ...[...this.#lanes.values()].map((lane) => lane.stop())]);
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    while (this.#isWanted && !this.#isStopped) {
      this.#isWanted = false;
      const gapMs = await this.#pullSafely();
      if (gapMs > 0 && !this.#isStopped) await this.#gap(gapMs);
    }
    this.#isRunning = false;
  }

  /** Answers how long to leave the archive alone. */
  async #pullSafely(): Promise<number> {
    try {
      const count = await this.#pull();
      return count > CHEAP ? Math.min(count, GAP_MS_MAX) : 0;
    } catch (error) {
      if (!this.#isStopped)
        this.#options.host.log.warn({ err: error }, `the outbox could not be read: ${describeError(error)}`);
      this.#isWanted = true;
      return GAP_MS_MAX;
    }
  }

  async #pull(): Promise<number> {
    const { archive, host } = this.#options;
    const read = await archive.openOutbox(this.#limit);
    if (this.#isStopped) return 0;
    this.#limit = read.length === this.#limit ? LIMIT_MAX : LIMIT;
    const open = read.map((item) => host.ledger.overlay(item)).filter((item) => item !== null);
    const byChannel = Map.groupBy(open, ({ channelId }) => channelId);
    const folds: Promise<void>[] = [];
    for (const channelId of new Set([...this.#lanes.keys(), ...byChannel.keys()]))
      folds.push(...this.#offer(channelId, byChannel.get(channelId) ?? []));
    for (const [channelId, lane] of this.#lanes) if (lane.isIdle()) this.#lanes.delete(channelId);
    await Promise.all(folds);
    if (folds.length > 0) this.#isWanted = true;
    return read.length;
  }

  #offer(channelId: string, items: readonly OutboxItem[]): Promise<void>[] {
    const { host, foldAfter } = this.#options;
    const lane = this.#lanes.get(channelId) ?? new Lane(channelId, host);
    this.#lanes.set(channelId, lane);
    const { late, burst } = chooseFolds(
      items.filter(({ id }) => !lane.isSending(id)),
      { nowMs: host.now(), maxAgeMs: host.maxAgeMs, foldAfter, free: lane.free() },
    );
    const folded = new Set([...late, ...burst]);
    lane.offer(items.filter((item) => !folded.has(item)));
    return [this.#fold(channelId, 'late', late), this.#fold(channelId, 'burst', burst)].filter(
      (work) => work !== null,
    );
  }

  #fold(channelId: string, reason: 'late' | 'burst', items: readonly OutboxItem[]): Promise<void> | null {
    if (items.length === 0) return null;
    const { archive, host } = this.#options;
    const ids = items.map(({ id }) => id);
    return archive.foldOutbox(channelId, ids, reason, host.now(), host.timing.foldJoinMs).then(() => {
      host.ledger.count('folded', ids.length);
    });
  }

  #gap(waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#endGap = resolve;
    return promise.finally(() => clearTimeout(timer));
  }
}
