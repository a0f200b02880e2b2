/** A reader thread: one connection, one question at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { describeError, UserError } from '#src/lib/errors.ts';
import { readGaps } from '#src/store/queries/gaps.ts';
import { readDanmaku, readPayments } from '#src/store/queries/lists.ts';
import { type Ops, READY, type Reply, type Request } from '#src/store/queries/protocol.ts';
import { Reader } from '#src/store/queries/reader.ts';
import { findRoom, readAlerts, readOutbox, readRooms } from '#src/store/queries/rooms.ts';
import { readSeries } from '#src/store/queries/series.ts';
import { findLastSession, readSessions } from '#src/store/queries/sessions.ts';
import { readTop } from '#src/store/queries/top.ts';
import { readTotals } from '#src/store/queries/totals.ts';

function opsOf(reader: Reader): Ops {
  return {
    rooms: () => readRooms(reader),
    room: (room) => findRoom(reader, room),
    totals: (...args) => readTotals(reader, ...args),
    top: (...args) => readTop(reader, ...args),
    series: (...args) => readSeries(reader, ...args),
    danmaku: (...args) => readDanmaku(reader, ...args),
    payments: (...args) => readPayments(reader, ...args),
    sessions: (...args) => readSessions(reader, ...args),
    lastSession: (...args) => findLastSession(reader, ...args),
    gaps: (...args) => readGaps(reader, ...args),
    alerts: (limit) => readAlerts(reader, limit),
    outbox: (nowMs) => readOutbox(reader, nowMs),
  };
}

if (parentPort !== null) {
  const port = parentPort;
  const { file } = workerData as { readonly file: string };
  const reader = new Reader(file);
  const ops = opsOf(reader);
  port.on('message', ({ id, op, args }: Request) => {
    let reply: Reply;
    try {
      // The pool's types pair `op` with its arguments.
      const ask = ops[op] as (...args: readonly unknown[]) => unknown;
      reply = { id, answer: reader.inSnapshot(() => ask(...args)) };
    } catch (error) {
      reply = { id, fault: { isUserError: error instanceof UserError, message: describeError(error) } };
    }
    port.postMessage(reply);
  });
  port.postMessage(READY);
}
