/** Brings one document to Discord: posted once, edited after that, looked for when a try before is in doubt. */
import { isLate } from '#src/discord/delivery/folding.ts';
import type { Ledger } from '#src/discord/delivery/ledger.ts';
import type { ChannelLook } from '#src/discord/delivery/looks.ts';
import { createPace, type Pace, type Timing } from '#src/discord/delivery/pace.ts';
import type { Poster } from '#src/discord/delivery/poster.ts';
import type { Log } from '#src/lib/log.ts';
import type { Archive, OutboxItem } from '#src/store/archive.ts';

/** What all channels share. */
export interface LaneHost {
  readonly archive: Pick<
    Archive,
    'markAttempted' | 'markDelivered' | 'markFailed' | 'pauseChannel' | 'foldOutbox'
  >;
  readonly poster: Poster;
  readonly ledger: Ledger;
  readonly timing: Timing;
  readonly maxAgeMs: number;
  readonly now: () => number;
  readonly log: Log;
  readonly signal: AbortSignal;
  lookOf(channelId: string): Promise<ChannelLook | null>;
  /** The token does not serve: said once, by the host. */
  onToken(error: unknown): void;
  /** Something was folded: its fold is open now. */
  onFolded(): void;
  onPaused(channelId: string): void;
}

export class Sender {
  readonly posts: Pace;
  readonly edits: Pace;
  readonly #host: LaneHost;

  constructor(host: LaneHost) {
    this.#host = host;
    this.posts = createPace(host.timing);
    this.edits = createPace(host.timing);
  }

  /** False when nothing is to be shown for the item any more. Throws what Discord and the archive throw. */
  async send(item: OutboxItem): Promise<boolean> {
    const { archive, lookOf } = this.#host;
    const look = await lookOf(item.channelId);
    if (look === null) {
      await archive.markFailed(item.id, 'no longer watched');
      return false;
    }
    if (item.messageId !== null) await this.#edit(item, item.messageId, look);
    else if (item.attemptedMs === null) await this.#post(item, look);
    else return await this.#recover({ ...item, attemptedMs: item.attemptedMs }, look);
    return true;
  }

  /** Somebody deleted the message: it stays so. */
  async giveUp(item: OutboxItem & { readonly messageId: string }): Promise<void> {
    this.#host.ledger.note(item.id, { isGone: true });
    await this.#deliver(item, item.messageId);
  }

  async #post(item: OutboxItem, look: ChannelLook): Promise<void> {
    const { archive, ledger, poster, now } = this.#host;
    const attemptedMs = now();
    await archive.markAttempted([item.id], attemptedMs);
    ledger.note(item.id, { attemptedMs });
    if (item.attemptedMs === null && isMeasured(item)) ledger.measure(now() - item.eventMs);
    this.posts.take(now());
    const messageId = await poster.post(item, look);
    ledger.count('sent');
    await this.#deliver(item, messageId);
  }

  /** A try before this one may have reached Discord: the same message is not made twice. */
  async #recover(item: OutboxItem & { readonly attemptedMs: number }, look: ChannelLook): Promise<boolean> {
    const { ledger, poster, timing, now } = this.#host;
    let messageId: string | null;
    if (now() - item.attemptedMs < timing.nonceMs) {
      this.posts.take(now());
      messageId = await poster.post(item, look);
      ledger.count('sent');
    } else {
      messageId = await poster.find(item);
      if (messageId === null) return await this.#postLost(item, look);
    }
    ledger.note(item.id, { messageId });
    // What stands there may be an older version; a report never changes, and an edit would lose its picture.
    if (item.document.type === 'report') await this.#deliver(item, messageId);
    else await this.#edit(item, messageId, look);
    return true;
  }

  async #postLost(item: OutboxItem, look: ChannelLook): Promise<boolean> {
    const { archive, ledger, timing, now, maxAgeMs, onFolded } = this.#host;
    if (!isLate(item, { nowMs: now(), maxAgeMs })) {
      await this.#post(item, look);
      return true;
    }
    await archive.foldOutbox(item.channelId, [item.id], 'late', now(), timing.foldJoinMs);
    ledger.count('folded');
    onFolded();
    return false;
  }

  async #edit(item: OutboxItem, messageId: string, look: ChannelLook): Promise<void> {
    const { ledger, poster, now } = this.#host;
    if (!ledger.known(item.id).isGone) {
      this.edits.take(now());
      await poster.edit(item, messageId, look);
      ledger.count('edited');
    }
    await this.#deliver(item, messageId);
  }

  async #deliver({ id, version }: OutboxItem, messageId: string): Promise<void> {
    const { archive, ledger, now } = this.#host;
    ledger.note(id, { messageId, version, touchedMs: now() });
    await archive.markDelivered([{ id, version, messageId }]);
  }
}

/** Documents whose time is that of an event, not of a wait that is meant (ends, held guards, folds, reports). */
function isMeasured({ document }: OutboxItem): boolean {
  return (
    document.type === 'gift' ||
    document.type === 'super-chat' ||
    document.type === 'warning' ||
    (document.type === 'guard' && !document.isListPrice)
  );
}
