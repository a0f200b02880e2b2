import type { Intent } from '#src/alerts/rules.ts';
import type { RoomId } from '#src/events.ts';

/** A message that this transaction wants. */
export interface Wanted {
  readonly room: RoomId;
  readonly intent: Intent;
  /** False: only brings a message that there is already up to date. */
  readonly creates: boolean;
  /** True: a message that a fold speaks for gets its own post again (the end of a broadcast). */
  readonly unfolds: boolean;
}

/** What one transaction has done so far. */
export interface Batch {
  readonly nowMs: number;
  inserted: number;
  repeated: number;
  /** By channel and key: of several changes of one message only the last is written. */
  readonly wanted: Map<string, Wanted>;
  /** Whether something is left that a channel waits for. */
  leftToDeliver: boolean;
}

export function newBatch(nowMs: number): Batch {
  return { nowMs, inserted: 0, repeated: 0, wanted: new Map(), leftToDeliver: false };
}

/** Notes a wanted message; a later one with the same channel and key replaces it. */
export function want(batch: Batch, wanted: Wanted): void {
  const key = `${wanted.intent.channelId}\n${wanted.intent.key}`;
  const before = batch.wanted.get(key);
  batch.wanted.set(key, {
    ...wanted,
    creates: wanted.creates || before?.creates === true,
    unfolds: wanted.unfolds || before?.unfolds === true,
  });
}
