import { Worker } from 'node:worker_threads';
import { expect, it, vi } from 'vitest';
import { openCalls } from '#src/store/archive/calls.ts';

function open(code: string) {
  const worker = new Worker(`const { parentPort } = require('node:worker_threads'); ${code}`, { eval: true });
  const onFault = vi.fn<(error: Error) => void>();
  return { calls: openCalls(worker, { onOutbox: () => {}, onFault }), onFault };
}

it('a thread that fails refuses what waits and what comes, and says so once', async () => {
  const { calls, onFault } = open("parentPort.on('message', () => { throw new Error('boom'); });");
  await expect(calls.send('watches', [])).rejects.toThrow('the archive thread failed');
  await expect(calls.send('watches', [])).rejects.toThrow('the archive thread failed');
  expect(onFault.mock.calls.map(([error]) => [error.message, (error.cause as Error).message])).toEqual([
    ['the archive thread failed', 'boom'],
  ]);
});

it('a thread that ends by itself is a fault, one that was closed is none', async () => {
  const lost = open("parentPort.on('message', () => process.exit(0));");
  await expect(lost.calls.send('watches', [])).rejects.toThrow('ended by itself');
  expect(lost.onFault).toHaveBeenCalledOnce();
  const closed = open(
    "parentPort.on('message', ({ id }) => { parentPort.postMessage({ id, value: null, error: null, leftToDeliver: false }); parentPort.close(); });",
  );
  await closed.calls.send('close', []);
  await expect
    .poll(() => closed.calls.send('watches', []).catch((error: Error) => error.message))
    .toBe('the archive is closed');
  expect(closed.onFault).not.toHaveBeenCalled();
});
