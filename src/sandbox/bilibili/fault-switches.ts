import type { Cut, Faults } from './faults.ts';
import type { Connection } from './feed.ts';
import { encodeBroken } from './packet.ts';
import { drawWbiKeys } from './wbi.ts';
import { roomOf, type World } from './world.ts';

/** The raw socket below a WebSocket; the type of `ws` leaves it out. */
interface WithSocket {
  readonly _socket?: { resetAndDestroy(): void; end(): void };
}

function cutOff({ ws }: Connection, how: Cut): void {
  const socket = (ws as unknown as WithSocket)._socket;
  if (how === 'close') ws.close(1001);
  else if (socket === undefined) ws.terminate();
  else if (how === 'rst') socket.resetAndDestroy();
  else socket.end();
}

/** The switches of the stand-in's faults. */
export function openFaults(world: World, connections: ReadonlySet<Connection>): Faults {
  const { faults } = world;
  const ofRoom = (roomId: number | undefined): Connection[] =>
    [...connections].filter((own) => roomId === undefined || own.roomId === roomId);
  return {
    drop(how = 'rst', roomId = undefined) {
      const own = ofRoom(roomId);
      for (const connection of own) cutOff(connection, how);
      return own.length;
    },
    halfOpen(roomId) {
      const own = ofRoom(roomId);
      for (const connection of own) connection.isDeaf = true;
      return own.length;
    },
    refuseAuth(times) {
      faults.refusedAuths = times;
    },
    closeSilently(times) {
      faults.silentAuths = times;
    },
    refuseUpgrade(times) {
      faults.refusedUpgrades = times;
    },
    riskControl(calls) {
      faults.riskControlCalls = calls;
    },
    block(ms) {
      faults.blockedUntilMs = ms <= 0 ? 0 : world.now() + ms;
    },
    deadFirstHost(on) {
      faults.hasDeadFirstHost = on;
    },
    expireTokens: () => world.tokens.expireAll(),
    rotateKeys() {
      world.keys = drawWbiKeys(world.random);
    },
    delayHttp(ms) {
      faults.httpDelayMs = ms;
    },
    loseNextPreparing: (roomId) => void faults.lostPreparing.add(roomOf(world, roomId).roomId),
    sendBroken(roomId, kind) {
      roomOf(world, roomId).feed.flush();
      const own = ofRoom(roomId).filter(({ isDeaf, isAuthed }) => isAuthed && !isDeaf);
      const bytes = encodeBroken(kind);
      for (const { ws } of own) ws.send(bytes, { binary: true });
      return own.length;
    },
    repeatLast(roomId, count) {
      const { feed } = roomOf(world, roomId);
      feed.flush();
      const last = feed.recent.slice(-count);
      // Without carriers: the ledger keeps when it was written first.
      for (const { full, masked } of last) feed.send({ full, masked, carriers: [] });
      return last.length;
    },
  };
}
