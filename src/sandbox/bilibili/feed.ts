import type { WebSocket } from 'ws';
import type { Carrier } from './ledger.ts';
import { encodePushes, type Version } from './packet.ts';
import type { Random } from './random.ts';

/** A watcher's socket. */
export interface Connection {
  readonly ws: WebSocket;
  readonly openedMs: number;
  roomId: number;
  /** 0 without an account. */
  uid: number;
  protover: 1 | 2 | 3;
  isAuthed: boolean;
  /** Gets danmaku without names. */
  isMasked: boolean;
  /** Gets one message in seven: what Bilibili does to clients without a buvid. */
  isThin: boolean;
  thinCount: number;
  /** Half open: nothing is sent or answered. */
  isDeaf: boolean;
  /** By the monotonic clock. */
  heardAtMs: number;
}

/** A message on its way, in both forms. */
export interface Outgoing {
  readonly full: string;
  /** What watchers without an account get, where that differs. */
  readonly masked: string | null;
  readonly carriers: readonly Carrier[];
}

export interface WireOptions {
  /** Inner packets in one compressed packet, at most; 20 by default. */
  readonly innerMax?: number;
  /** Outer packets in one ws message, at most; 3 by default. */
  readonly outerMax?: number;
  /** Share of pieces that go out plain although compression was asked for; 0.05 by default. */
  readonly plainShare?: number;
}

export interface RoomFeed {
  readonly connections: Set<Connection>;
  send(message: Outgoing): void;
  /** Messages that are not written yet. */
  readonly waiting: number;
  /** The last messages sent, newest last. */
  readonly recent: readonly Outgoing[];
  /** Writes everything now. */
  flush(): void;
  close(): void;
}

/** Messages of one turn of the loop; the rest waits for the next, so that nothing else starves. */
const TURN_MESSAGES_MAX = 200;
const RECENT_MAX = 100;
/** A watcher that reads this little is cut off. */
const BUFFERED_BYTES_MAX = 64 * 1024 * 1024;
const THIN_ONE_IN = 7;

interface Batch {
  readonly sizes: readonly number[];
  readonly plain: readonly boolean[];
}

/** Cuts `count` messages into pieces: how many packets each holds, and which go out plain. */
function cut(count: number, random: Random, wire: Required<WireOptions>): Batch {
  const sizes: number[] = [];
  for (let left = count; left > 0; ) {
    const size = Math.min(left, random.int(Math.min(left, 1), wire.innerMax));
    sizes.push(size);
    left -= size;
  }
  return { sizes, plain: sizes.map(() => random.chance(wire.plainShare)) };
}

/** The messages of one turn for watchers of one kind, as ws messages. */
function encode(
  texts: readonly (string | null)[],
  batch: Batch,
  protover: Version,
  outerMax: number,
): Buffer[] {
  const pieces: Buffer[] = [];
  let offset = 0;
  for (const [index, size] of batch.sizes.entries()) {
    const own = texts.slice(offset, offset + size).filter((text) => text !== null);
    offset += size;
    const version = protover === 1 || batch.plain[index] ? 0 : protover;
    if (own.length > 0) pieces.push(encodePushes(own, version));
  }
  const messages: Buffer[] = [];
  for (let index = 0; index < pieces.length; index += outerMax)
    messages.push(Buffer.concat(pieces.slice(index, index + outerMax)));
  return messages;
}

/**
 * Sends a room's messages to its watchers: collected for one turn of the loop, encoded once for each kind of
 * watcher (compression, masked or not), noted in the ledger when written.
 */
export function openFeed(random: Random, wire: Required<WireOptions>, now: () => number): RoomFeed {
  const connections = new Set<Connection>();
  const queue: Outgoing[] = [];
  const recent: Outgoing[] = [];
  let timer: NodeJS.Immediate | null = null;

  const writeTo = (connection: Connection, messages: readonly Buffer[]): void => {
    if (connection.ws.bufferedAmount > BUFFERED_BYTES_MAX) connection.ws.terminate();
    for (const message of messages) connection.ws.send(message, { binary: true });
  };
  const turn = (): void => {
    const batch = queue.splice(0, TURN_MESSAGES_MAX);
    recent.push(...batch);
    recent.splice(0, Math.max(0, recent.length - RECENT_MAX));
    const watchers = [...connections].filter(
      ({ isAuthed, isDeaf, ws }) => isAuthed && !isDeaf && ws.readyState === ws.OPEN,
    );
    if (watchers.length === 0) return;
    const pieces = cut(batch.length, random, wire);
    const outer = random.int(1, wire.outerMax);
    const encoded = new Map<string, Buffer[]>();
    const thick = watchers.filter(({ isThin }) => !isThin);
    for (const watcher of watchers) {
      const texts = (): (string | null)[] =>
        batch.map((message) => {
          if (watcher.isThin && watcher.thinCount++ % THIN_ONE_IN !== 0) return null;
          return watcher.isMasked ? (message.masked ?? message.full) : message.full;
        });
      if (watcher.isThin) {
        writeTo(watcher, encode(texts(), pieces, watcher.protover, outer));
        continue;
      }
      const key = `${watcher.protover}${watcher.isMasked}`;
      const ready = encoded.get(key) ?? encode(texts(), pieces, watcher.protover, outer);
      encoded.set(key, ready);
      writeTo(watcher, ready);
    }
    if (thick.length > 0) note(batch, thick.length, now());
  };
  const schedule = (): void => {
    timer ??= setImmediate(() => {
      timer = null;
      turn();
      if (queue.length > 0) schedule();
    });
  };
  return {
    connections,
    recent,
    get waiting() {
      return queue.length;
    },
    send(message) {
      queue.push(message);
      schedule();
    },
    flush() {
      while (queue.length > 0) turn();
    },
    close() {
      if (timer !== null) clearImmediate(timer);
      queue.length = 0;
    },
  };
}

function note(batch: readonly Outgoing[], sockets: number, atMs: number): void {
  for (const { carriers } of batch) {
    for (const carrier of carriers) {
      carrier.writtenMs ??= atMs;
      carrier.sockets += sockets;
    }
  }
}
