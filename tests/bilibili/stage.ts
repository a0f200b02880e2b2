/** Collectors against the stand-in on loopback, with their events kept and their waits short. */
import { expect, vi } from 'vitest';
import { type Collectors, type CollectorsOptions, openCollectors } from '#src/bilibili/collectors.ts';
import type { Timings } from '#src/bilibili/timings.ts';
import { Bus } from '#src/bus.ts';
import { asRoomId, type EventOf, type Kind, type LiveEvent, type RoomId } from '#src/events.ts';
import { openStandIn } from './stand-in.ts';
import { QUIET } from './support.ts';

export const A = asRoomId(9001);
export const B = asRoomId(9002);
export const C = asRoomId(9003);

const FAST: Partial<Timings> = {
  heartbeatMs: 120,
  heartbeatGraceMs: 60,
  tickMs: 20,
  handshakeTimeoutMs: 1000,
  authTimeoutMs: 150,
  requestTimeoutMs: 1000,
  reconnect: { baseMs: 10, maxMs: 40 },
  riskControl: { baseMs: 60, maxMs: 60 },
  rateBlock: { baseMs: 60, maxMs: 60 },
  keysDoubtMs: 0,
  pollSpacingMs: 5,
  closeMs: 50,
};

/** Waits for a condition, at most 5 s. */
export const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 5 });

export async function openStage() {
  const standIn = await openStandIn();
  const events: LiveEvent[] = [];
  const opened: Collectors[] = [];
  return {
    standIn,
    async open(options: Partial<CollectorsOptions> = {}): Promise<Collectors> {
      const bus = new Bus((error) => {
        throw error;
      });
      bus.subscribe((event) => void events.push(event));
      const collectors = await openCollectors({
        apiUrl: standIn.url,
        liveUrl: standIn.url,
        cookie: null,
        roomBudget: 10,
        connectIntervalMs: 1,
        pollIntervalMs: 60_000,
        guardHoldMs: 5000,
        bus,
        log: QUIET,
        now: Date.now,
        ...options,
        timings: { ...FAST, ...options.timings },
      });
      opened.push(collectors);
      return collectors;
    },
    of<K extends Kind>(kind: K): EventOf<K>[] {
      return events.filter((event): event is EventOf<K> => event.kind === kind);
    },
    observed() {
      return this.of('observed').map(({ room, up, reason }) => [room, up, reason]);
    },
    isUp(collectors: Collectors, room: RoomId = A) {
      return until(() => expect(collectors.status(room)?.connection).toBe('connected'));
    },
    async close() {
      for (const collectors of opened.splice(0)) await collectors.close();
      await standIn.close();
    },
  };
}

export type Stage = Awaited<ReturnType<typeof openStage>>;
