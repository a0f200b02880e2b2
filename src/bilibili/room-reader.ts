/** One room's messages, from bytes to events: normalised, held, and each published once. */
import type { LiveEvent, RoomId } from '#src/events.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { CommandCounts } from './command-counts.ts';
import { GuardHold } from './guard-hold.ts';
import { type Message, readMessage } from './message.ts';
import { type LiveSignal, noLiveSignal } from './normalise/live.ts';
import type { RoomState } from './normalise/room-state.ts';
import { EarlyTranslations } from './normalise/super-chat.ts';
import { normalise } from './normalise.ts';
import { RecentIds } from './recent-ids.ts';

/** Messages a second of a busy room times the seconds within which twins and repeats come. */
const CHAT_IDS_MAX = 2048;
/** Payments and states apart, so that a burst of chat pushes none of them out. */
const OTHER_IDS_MAX = 1024;
/** How many unreadable messages of a command are logged; all are counted. */
const LOGGED_MAX = 3;
const LOGGED_CHARS_MAX = 300;

interface RoomReaderOptions {
  readonly room: RoomId;
  readonly guardHoldMs: number;
  readonly counts: CommandCounts;
  readonly log: Log;
  readonly now: () => number;
  readonly publish: (event: LiveEvent) => void;
}

export class RoomReader implements RoomState {
  readonly room: RoomId;
  readonly guards: GuardHold;
  readonly translations = new EarlyTranslations();
  readonly live: LiveSignal = noLiveSignal();
  streamerUid: number | null = null;
  readonly #options: RoomReaderOptions;
  readonly #chatIds = new RecentIds(CHAT_IDS_MAX);
  readonly #otherIds = new RecentIds(OTHER_IDS_MAX);

  constructor(options: RoomReaderOptions) {
    this.#options = options;
    this.room = options.room;
    this.guards = new GuardHold(options.guardHoldMs, (guard) => void this.emit(guard));
  }

  /** Reads the body of a message packet. Never throws: what cannot be read is counted as `CMD!` and the first few are logged. */
  read(body: Buffer): void {
    let message: Message | null = null;
    try {
      message = readMessage(body);
      if (!normalise(message, this)) this.#options.counts.add(message.cmd);
    } catch (error) {
      this.#fault(message?.cmd ?? 'JSON', error, body);
    }
  }

  now(): number {
    return this.#options.now();
  }

  emit(event: LiveEvent): boolean {
    const isChat = event.kind === 'danmaku' || event.kind === 'interaction';
    const ids = isChat ? this.#chatIds : this.#otherIds;
    if (!ids.add(`${event.kind}:${event.id}`)) return false;
    this.#options.publish(event);
    return true;
  }

  /** Books what is held. */
  close(): void {
    this.guards.close();
  }

  #fault(cmd: string, error: unknown, body: Buffer): void {
    const { counts, log, room } = this.#options;
    if (counts.add(`${cmd}!`) > LOGGED_MAX) return;
    const text = body.toString('utf8', 0, LOGGED_CHARS_MAX);
    log.warn({ room, cmd, text }, `a ${cmd} message cannot be read: ${describeError(error)}`);
  }
}
