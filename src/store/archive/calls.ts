/** The main thread's side of the writer thread: a promise a request. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { StartError } from '#src/lib/errors.ts';
import type { Archive } from '#src/store/archive.ts';

export type Method = keyof Archive;

export interface Request {
  readonly id: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly value: unknown;
  readonly error: {
    readonly message: string;
    /** SQLite's, such as SQLITE_BUSY or SQLITE_FULL. */
    readonly code: string | null;
    readonly stack: string | null;
  } | null;
  readonly leftToDeliver: boolean;
}

/** The first message of the thread. */
export type Started = { readonly started: true } | { readonly started: false; readonly message: string };

/** What went wrong in the thread; `code` is SQLite's. Nothing of the call was stored. */
class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
  readonly code: string | null;

  constructor(method: Method, error: NonNullable<Answer['error']>) {
    const cause = new Error(error.message);
    if (error.stack !== null) cause.stack = error.stack;
    super(`archive ${method}: ${error.message}`, { cause });
    this.code = error.code;
  }
}

/** Waits for the thread to have opened the database. Throws StartError with the thread's own words. */
export async function awaitStart(worker: Worker): Promise<void> {
  const [message] = (await once(worker, 'message')) as [Started];
  if (!message.started) throw new StartError(message.message);
}

export interface Calls {
  send(method: Method, args: readonly unknown[]): Promise<unknown>;
}

interface Waiting {
  readonly method: Method;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface CallsOptions {
  /** Called after the answer of a call that left something to deliver. */
  readonly onOutbox: () => void;
  /** Called once when the thread ends without having been asked to: nothing can be stored any more. */
  readonly onFault: (error: Error) => void;
}

export function openCalls(worker: Worker, { onOutbox, onFault }: CallsOptions): Calls {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let ended: Error | null = null;
  let isClosing = false;

  worker.on('message', (answer: Answer) => {
    const call = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.error === null) call?.resolve(answer.value);
    else call?.reject(new ArchiveError(call.method, answer.error));
    if (answer.leftToDeliver) onOutbox();
  });
  worker.on('error', (error) => {
    ended = new Error('the archive thread failed', { cause: error });
  });
  worker.on('exit', () => {
    ended ??= new Error(isClosing ? 'the archive is closed' : 'the archive thread ended by itself');
    if (!isClosing) onFault(ended);
    for (const call of waiting.values()) call.reject(ended);
    waiting.clear();
  });

  return {
    send(method, args) {
      if (ended !== null) return Promise.reject(ended);
      isClosing ||= method === 'close';
      const id = nextId++;
      return new Promise((resolve, reject) => {
        waiting.set(id, { method, resolve, reject });
        worker.postMessage({ id, method, args } satisfies Request);
      });
    },
  };
}
