/** One channel's messages: in order, one request at a time, within Discord's budget, retried until delivered. */
import { describeFault, faultOf } from '#src/discord/delivery/faults.ts';
import { type LaneHost, Sender } from '#src/discord/delivery/sender.ts';
import { unreachable } from '#src/lib/errors.ts';
import type { OutboxItem } from '#src/store/archive.ts';

/** A channel with reports only cannot be paused in the archive: it is left alone for this long. */
const BLOCKED_MS = 3_600_000;
/** Contents refused one after the other, from which on the channel itself is in doubt and is asked slowly. */
const REFUSALS_MAX = 3;

interface Due {
  readonly item: OutboxItem;
  readonly atMs: number;
}

export class Lane {
  readonly #channelId: string;
  readonly #host: LaneHost;
  readonly #sender: Sender;
  readonly #items = new Map<number, OutboxItem>();
  #notBeforeMs = 0;
  #blockedUntilMs = 0;
  #faultsInRow = 0;
  #refusalsInRow = 0;
  #sending: number | null = null;
  #isRunning = false;
  #isStopped = false;
  #run: Promise<void> = Promise.resolve();
  #endNap: () => void = () => {};

  constructor(channelId: string, host: LaneHost) {
    this.#channelId = channelId;
    this.#host = host;
    this.#sender = new Sender(host);
  }

  /** Replaces what is open in the channel, and starts when idle. */
  offer(open: readonly OutboxItem[]): void {
    if (this.#isStopped || this.#host.now() < this.#blockedUntilMs) return;
    this.#items.clear();
    for (const item of open) this.#items.set(item.id, item);
    this.#endNap();
    if (this.#items.size > 0 && !this.#isRunning) this.#run = this.#work();
  }

  isSending(id: number): boolean {
    return this.#sending === id;
  }

  /** Posts that may go at once. */
  free(): number {
    return this.#sender.posts.free(this.#host.now());
  }

  /** True when nothing is open, under way or to be remembered. */
  isIdle(): boolean {
    const { now, timing } = this.#host;
    const isAtRest = !this.#isRunning && this.#items.size === 0 && this.free() === timing.windowRequestsMax;
    return isAtRest && now() >= Math.max(this.#blockedUntilMs, this.#notBeforeMs);
  }

  /** Ends a wait; resolves when no request is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endNap();
    await this.#run;
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isStopped) {
      const next = this.#choose();
      if (next === null) break;
      const waitMs = next.atMs - this.#host.now();
      if (waitMs > 0) await this.#nap(waitMs);
      else await this.#send(next.item);
    }
    this.#isRunning = false;
  }

  /** What may go first, and when: the oldest new message before edits that are due at the same time. */
  #choose(): Due | null {
    const { now, ledger, timing } = this.#host;
    const least = Math.max(this.#notBeforeMs, now());
    let best: Due | null = null;
    for (const item of this.#items.values())
      if (item.messageId === null && (best === null || item.id < best.item.id))
        best = { item, atMs: Math.max(least, this.#sender.posts.readyMs()) };
    for (const item of this.#items.values()) {
      if (item.messageId === null) continue;
      const gapMs = isFinal(item) ? 0 : ledger.known(item.id).touchedMs + timing.editGapMs;
      const atMs = Math.max(least, this.#sender.edits.readyMs(), gapMs);
      if (best === null || atMs < best.atMs) best = { item, atMs };
    }
    return best;
  }

  async #send(item: OutboxItem): Promise<void> {
    this.#sending = item.id;
    try {
      if (!(await this.#sender.send(item))) this.#items.delete(item.id);
      this.#faultsInRow = 0;
      this.#refusalsInRow = 0;
    } catch (error) {
      await this.#settle(item, error).catch((cause: unknown) => this.#waitAfter(cause));
    }
    this.#sending = null;
    const latest = this.#items.get(item.id);
    const left = latest === undefined ? null : this.#host.ledger.overlay(latest);
    if (left === null) this.#items.delete(item.id);
    else this.#items.set(left.id, left);
  }

  /** What a fault means for the message, the channel or everything. */
  async #settle(item: OutboxItem, error: unknown): Promise<void> {
    const { ledger, log, now, signal, timing, onToken } = this.#host;
    if (signal.aborted) return;
    ledger.count('failures');
    const fault = faultOf(error);
    switch (fault) {
      case 'passing':
        return this.#waitAfter(error);
      case 'token':
        onToken(error);
        this.#notBeforeMs = now() + timing.backoffMaxMs;
        return;
      case 'message': {
        const { messageId, key } = this.#host.ledger.overlay(item) ?? item;
        if (messageId === null) return await this.#refuse(item, error);
        log.info({ channelId: this.#channelId, key }, 'a message was deleted in Discord and stays so');
        return await this.#sender.giveUp({ ...item, messageId });
      }
      case 'content':
        return await this.#refuse(item, error);
      case 'channel':
        return await this.#pause(error);
      default:
        return unreachable(fault);
    }
  }

  #waitAfter(error: unknown): void {
    const { timing, now, log } = this.#host;
    const halfMs = Math.min(timing.backoffMaxMs, timing.backoffMs * 2 ** this.#faultsInRow) / 2;
    const waitMs = Math.round(halfMs + Math.random() * halfMs);
    this.#faultsInRow = Math.min(this.#faultsInRow + 1, 16);
    this.#notBeforeMs = now() + waitMs;
    log.warn({ channelId: this.#channelId, waitMs }, `a message has to wait: ${describeFault(error)}`);
  }

  async #refuse(item: OutboxItem, error: unknown): Promise<void> {
    const reason = describeFault(error);
    this.#host.log.error(
      { channelId: this.#channelId, key: item.key },
      `Discord does not take a message: ${reason}`,
    );
    this.#items.delete(item.id);
    this.#refusalsInRow += 1;
    if (this.#refusalsInRow >= REFUSALS_MAX) this.#waitAfter(error);
    await this.#host.archive.markFailed(item.id, reason);
  }

  async #pause(error: unknown): Promise<void> {
    const { archive, log, lookOf, now, onPaused } = this.#host;
    const channelId = this.#channelId;
    const reason = describeFault(error);
    this.#items.clear();
    log.warn({ channelId }, `nothing is posted to this channel until it is watched anew: ${reason}`);
    await archive.pauseChannel(channelId, reason);
    onPaused(channelId);
    if ((await lookOf(channelId))?.hasWatch !== true) this.#blockedUntilMs = now() + BLOCKED_MS;
  }

  /** Waits; `offer` and `stop` end it early. */
  #nap(waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, waitMs);
    this.#endNap = resolve;
    return promise.finally(() => clearTimeout(timer));
  }
}

/** A last state is shown at once, not after the gap between edits. */
function isFinal({ document }: OutboxItem): boolean {
  return (
    (document.type === 'stream' && document.endedMs !== null) ||
    (document.type === 'super-chat' && document.takenDown)
  );
}
