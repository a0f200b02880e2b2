/** All watched rooms: which may have a connection, which wait for one, and what the polls say of them. */
import type { LiveEvent, LiveStatus, RoomId } from '#src/events.ts';
import { ApiError, UserError } from '#src/lib/errors.ts';
import { Api, isNoRoom } from './api.ts';
import { Collector } from './collector.ts';
import type { CollectorStatus, Collectors, CollectorsOptions, ResolvedRoom } from './collectors.ts';
import { CommandCounts } from './command-counts.ts';
import { HeartbeatWheel } from './heartbeat.ts';
import { Pace } from './pace.ts';
import { Poller } from './poller.ts';
import { resolveRoom } from './resolve.ts';
import type { RoomBase } from './room-answers.ts';
import { TIMINGS, type Timings } from './timings.ts';

interface Entry {
  readonly room: RoomId;
  readonly collector: Collector;
  /** Null until room_init or a poll has told. */
  liveStatus: LiveStatus | null;
  /** Whether a poll has asked for it, so that waiting longer teaches nothing. */
  isAsked: boolean;
  recheck: NodeJS.Timeout | null;
}

/** Live rooms first, then those nothing is known of, then the others. */
function rankOf({ liveStatus }: Entry): number {
  if (liveStatus === 'live') return 0;
  return liveStatus === 'offline' ? 2 : 1;
}

export class RoomSet implements Collectors {
  readonly #options: CollectorsOptions;
  readonly #timings: Timings;
  readonly #closing = new AbortController();
  readonly #counts = new CommandCounts();
  readonly #wheel: HeartbeatWheel;
  readonly #pace: Pace;
  readonly #api: Api;
  readonly #poller: Poller;
  readonly #entries = new Map<RoomId, Entry>();

  constructor(options: CollectorsOptions) {
    this.#options = options;
    this.#timings = { ...TIMINGS, ...options.timings };
    const closed = this.#closing.signal;
    this.#wheel = new HeartbeatWheel(this.#timings);
    this.#pace = new Pace(options.connectIntervalMs, closed);
    const { apiUrl, liveUrl, cookie, connectIntervalMs, log, now } = options;
    const timings = this.#timings;
    this.#api = new Api({ apiUrl, liveUrl, cookie, connectIntervalMs, timings, log, now, closed });
    this.#poller = new Poller({
      api: this.#api,
      intervalMs: options.pollIntervalMs,
      spacingMs: timings.pollSpacingMs,
      closed,
      log,
      rooms: () => this.#polledRooms(),
      onRoom: (base) => this.#onPolled(base),
      onAsked: (rooms) => this.#onAsked(rooms),
    });
  }

  watch(rooms: readonly RoomId[]): void {
    if (this.#closing.signal.aborted) return;
    const wanted = new Set(rooms);
    for (const [room, entry] of this.#entries) {
      if (!wanted.has(room)) this.#remove(entry, 'not-watched');
    }
    const fresh = [...wanted].filter((room) => !this.#entries.has(room));
    for (const room of fresh) this.#entries.set(room, this.#makeEntry(room));
    this.#poller.ask(fresh);
    this.#assign();
  }

  status(room: RoomId): CollectorStatus | null {
    const entry = this.#entries.get(room);
    return entry === undefined ? null : this.#describe(entry, this.#waiting());
  }

  statuses(): CollectorStatus[] {
    const waiting = this.#waiting();
    return [...this.#entries.values()].map((entry) => this.#describe(entry, waiting));
  }

  async resolve(id: number): Promise<ResolvedRoom> {
    try {
      return await resolveRoom(this.#api, id, this.#options.log);
    } catch (error) {
      if (isNoRoom(error)) throw new UserError(`Bilibili has no room ${id}.`);
      if (error instanceof ApiError || error instanceof UserError) throw error;
      throw new ApiError(`room ${id} cannot be found: ${String(error)}`, 0, 0);
    }
  }

  unknownCommands(): ReadonlyMap<string, number> {
    return this.#counts.all();
  }

  trouble(): string | null {
    return this.#api.trouble();
  }

  async close(): Promise<void> {
    for (const entry of [...this.#entries.values()]) this.#remove(entry, 'process-down');
    this.#closing.abort(new Error('closing'));
    this.#wheel.close();
    await this.#poller.close();
  }

  #makeEntry(room: RoomId): Entry {
    const { liveUrl, guardHoldMs, log, now, bus } = this.#options;
    const entry: Entry = {
      room,
      liveStatus: null,
      isAsked: false,
      recheck: null,
      collector: new Collector({
        room,
        api: this.#api,
        pace: this.#pace,
        wheel: this.#wheel,
        counts: this.#counts,
        timings: this.#timings,
        guardHoldMs,
        isPlain: liveUrl.startsWith('http://'),
        log,
        now,
        publish: (event: LiveEvent) => this.#publish(event, entry, bus),
        rank: () => rankOf(entry),
        onLiveStatus: (status) => {
          entry.liveStatus = status;
        },
        onStopped: () => this.#onStopped(entry),
      }),
    };
    return entry;
  }

  /** What the socket says of the broadcast counts until the next poll. */
  #publish(event: LiveEvent, entry: Entry, bus: CollectorsOptions['bus']): void {
    if (event.kind === 'live-started') entry.liveStatus = 'live';
    if (event.kind === 'live-ended') entry.liveStatus = event.replay ? 'replay' : 'offline';
    bus.publish(event);
  }

  #remove(entry: Entry, reason: 'not-watched' | 'process-down'): void {
    this.#entries.delete(entry.room);
    if (entry.recheck !== null) clearTimeout(entry.recheck);
    entry.collector.stop(reason);
    entry.collector.close();
  }

  #hasFailed({ collector }: Entry): boolean {
    return collector.connection === 'failed';
  }

  /** Who waits for a connection, the next one first. */
  #waiting(): Entry[] {
    const entries = [...this.#entries.values()];
    return entries
      .filter((entry) => !entry.collector.isRunning && !this.#hasFailed(entry))
      .sort((one, other) => rankOf(one) - rankOf(other));
  }

  /** Gives the connections to live rooms first; one that has a connection loses it only to a live one. */
  #assign(): void {
    const { roomBudget } = this.#options;
    const candidates = [...this.#entries.values()].filter((entry) => !this.#hasFailed(entry));
    // Until a poll has said who is live, nobody would know whom to prefer.
    if (candidates.length > roomBudget && candidates.some((entry) => !entry.isAsked)) {
      for (const entry of candidates) if (!entry.collector.isRunning) entry.collector.stop('waiting');
      return;
    }
    const keep = (entry: Entry) =>
      rankOf(entry) === 0 ? 0 : entry.collector.isRunning ? 1 : 1 + rankOf(entry);
    const running = (entry: Entry) => (entry.collector.isRunning ? 0 : 1);
    candidates.sort((one, other) => keep(one) - keep(other) || running(one) - running(other));
    for (const entry of candidates.slice(roomBudget)) entry.collector.stop('waiting');
    for (const entry of candidates.slice(0, roomBudget)) entry.collector.start();
  }

  #onStopped(entry: Entry): void {
    if (!entry.collector.isFailedForever) {
      entry.recheck = setTimeout(() => {
        entry.recheck = null;
        entry.collector.forgive();
        this.#assign();
      }, this.#timings.recheckMs);
    }
    this.#assign();
  }

  #polledRooms(): RoomId[] {
    return [...this.#entries.values()].filter((entry) => !this.#hasFailed(entry)).map((entry) => entry.room);
  }

  #onPolled(base: RoomBase): void {
    const entry = this.#entries.get(base.room as RoomId);
    if (entry === undefined) return;
    entry.liveStatus = base.liveStatus;
    const atMs = this.#options.now();
    this.#options.bus.publish({
      kind: 'room-polled',
      id: `poll:${atMs}`,
      ...base,
      room: entry.room,
      atMs,
      liveKey: null,
    });
  }

  #onAsked(rooms: readonly number[]): void {
    for (const room of rooms) {
      const entry = this.#entries.get(room as RoomId);
      if (entry !== undefined) entry.isAsked = true;
    }
    if (!this.#closing.signal.aborted) this.#assign();
  }

  #describe(entry: Entry, waiting: readonly Entry[]): CollectorStatus {
    const { connection, reason, connectedSinceMs, lastMessageMs, reconnects, isRunning } = entry.collector;
    const counters = { room: entry.room, connectedSinceMs, lastMessageMs, reconnects };
    if (isRunning || connection === 'failed') return { ...counters, connection, reason };
    const place = `${waiting.indexOf(entry) + 1} of ${waiting.length}`;
    const why = `all ${this.#options.roomBudget} connections are in use (ROOM_BUDGET), live rooms first`;
    return { ...counters, connection: 'waiting', reason: `waits for a connection: ${why}; turn ${place}` };
  }
}
