/** The writer thread: answers requests one after the other, each a transaction. */
import { parentPort, workerData } from 'node:worker_threads';
import { StartError } from '#src/lib/errors.ts';
import type { Answer, Request, Started } from './calls.ts';
import { type Cells, unpackEvents } from './wire.ts';
import { openWriter, type Writer, type WriterOptions } from './writer.ts';

function answer(writer: Writer, { id, method, args }: Request): Answer {
  try {
    const given = method === 'commit' ? [unpackEvents(args[0] as Cells), args[1]] : args;
    // The other end builds the arguments from the same signatures (calls.ts).
    const value = (writer[method] as (...values: readonly unknown[]) => unknown)(...given);
    return { id, value, error: null, leftToDeliver: writer.takeLeftToDeliver() };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    const message = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? (error.stack ?? null) : null;
    return { id, value: null, error: { message, code, stack }, leftToDeliver: false };
  }
}

function serve(): void {
  const port = parentPort;
  if (port === null) throw new Error('archive/thread.ts runs as a worker only');
  const say = (message: Started | Answer) => port.postMessage(message);
  let writer: Writer;
  try {
    writer = openWriter(workerData as WriterOptions);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say({ started: false, message: error.message });
    return;
  }
  say({ started: true });
  port.on('message', (request: Request) => {
    say(answer(writer, request));
    if (request.method === 'close') port.close();
  });
}

serve();
