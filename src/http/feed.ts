/** Server-Sent Events: what happens in the rooms, to every page and program that listens. */
import type { ServerResponse } from 'node:http';
import { type Danmaku, GUARD_NAMES, type LiveEvent, type Payment, type RoomId } from '#src/events.ts';
import { roomView } from '#src/http/room-view.ts';
import type { HttpParts } from '#src/http/server.ts';
import { describeError } from '#src/lib/errors.ts';

const CLIENTS_MAX = 200;
/** A client that lets this much pile up is dropped: it must not cost the others anything. */
const CLIENT_BYTES_MAX = 1024 * 1024;
const SUMMARY_MS = 2_000;

interface Client {
  readonly response: ServerResponse;
  readonly room: RoomId | null;
}

export interface Feed {
  /** True when as many listen as may. */
  isFull(): boolean;
  /** Takes over the response until the client leaves. */
  add(response: ServerResponse, room: RoomId | null): void;
  close(): void;
}

function paymentItem(event: Payment) {
  const { id, kind, room, viewer, atMs, paidMilli } = event;
  const base = { id, kind, roomId: room, uid: viewer.uid, name: viewer.name, atMs, valueMilli: paidMilli };
  switch (event.kind) {
    case 'gift':
      return {
        ...base,
        giftId: event.giftId,
        giftName: event.name,
        count: event.count,
        worthMilli: event.worthMilli,
        text: null,
      };
    case 'super-chat':
      return {
        ...base,
        giftId: null,
        giftName: 'Super Chat',
        count: 1,
        worthMilli: paidMilli,
        text: event.text,
      };
    case 'guard':
      return {
        ...base,
        giftId: null,
        giftName: GUARD_NAMES[event.level],
        count: event.count,
        worthMilli: event.worthMilli,
        text: null,
      };
  }
}

function danmakuItem(event: Danmaku) {
  const { id, room, viewer, text, atMs, medal, guardLevel, userLevel, isAdmin } = event;
  return {
    id,
    roomId: room,
    uid: viewer.uid,
    name: viewer.name,
    text,
    atMs,
    medal,
    guardLevel,
    userLevel,
    isAdmin,
    recalled: false,
  };
}

function itemOf(event: LiveEvent): object | null {
  if (event.kind === 'danmaku') return danmakuItem(event);
  if (event.kind === 'guard' && event.isBonus) return null;
  return event.kind === 'gift' || event.kind === 'super-chat' || event.kind === 'guard'
    ? paymentItem(event)
    : null;
}

/** Listens to the bus, and says every 2 s how each room is. */
export function startFeed(parts: Pick<HttpParts, 'bus' | 'rooms' | 'queries' | 'log'>): Feed {
  const clients = new Set<Client>();
  const lastRooms = new Map<RoomId, string>();

  const send = (room: RoomId, event: string, body: object, only?: Client) => {
    const frame = `event: ${event}\ndata: ${JSON.stringify(body)}\n\n`;
    for (const client of only === undefined ? clients : [only]) {
      if (client.room !== null && client.room !== room) continue;
      client.response.write(frame);
      if (client.response.writableLength > CLIENT_BYTES_MAX) client.response.destroy();
    }
  };

  const unsubscribe = parts.bus.subscribe((event) => {
    if (clients.size === 0) return;
    const item = itemOf(event);
    if (item !== null) send(event.room, event.kind, item);
  });

  const summarise = async (only?: Client) => {
    // Nothing to say is said too, or a proxy takes the listener for dead.
    if (parts.rooms.all().length === 0) for (const { response } of clients) response.write(':\n\n');
    for (const room of parts.rooms.all()) {
      const view = await roomView(parts, room);
      const { roomId, watched, online, activeChatters, danmakuPerMinute, moneyMilliPerMinute } = view;
      const state = JSON.stringify([
        view.connection,
        view.reason,
        view.pausedChannels,
        view.liveStatus,
        view.liveSinceMs,
        view.name,
        view.title,
        view.area,
      ]);
      if (only !== undefined || lastRooms.get(room.room) !== state) send(room.room, 'room', view, only);
      lastRooms.set(room.room, state);
      send(
        room.room,
        'summary',
        {
          roomId,
          watched,
          online,
          activeChatters,
          danmakuPerMinute,
          moneyMilliPerMinute,
          session: view.session,
        },
        only,
      );
    }
  };
  let isBusy = false;
  const timer = setInterval(() => {
    if (clients.size === 0 || isBusy) return;
    isBusy = true;
    summarise()
      .catch((error: unknown) => parts.log.warn(`feed: ${describeError(error)}`))
      .finally(() => {
        isBusy = false;
      });
  }, SUMMARY_MS);

  return {
    isFull: () => clients.size >= CLIENTS_MAX,
    add(response, room) {
      const client = { response, room };
      clients.add(client);
      response.on('close', () => clients.delete(client));
      response.on('error', () => response.destroy());
      response.write(': livelark\n\n');
      summarise(client).catch((error: unknown) => parts.log.warn(`feed: ${describeError(error)}`));
    },
    close() {
      clearInterval(timer);
      unsubscribe();
      for (const { response } of clients) response.end();
    },
  };
}
