/** The main thread's handle on the drawing thread: a bounded queue, a time limit, and a new thread after a bad end. */
import { Worker } from 'node:worker_threads';
import type { RenderJob, RenderReply } from '#src/charts/render-messages.ts';
import { BadChart } from '#src/charts/render-request.ts';
import { describeError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';

export interface RendererOptions {
  readonly log: Log;
  /** Time for one picture (10 000). */
  readonly timeoutMs?: number | undefined;
  /** Pictures that may wait for the thread, the one in work included (16). */
  readonly waitingMax?: number | undefined;
}

export interface Renderer {
  /** Starts the thread unless it runs; resolves when it has its fonts and has drawn once. Rejects when it cannot start. */
  ready(): Promise<void>;
  /** PNG of a posted body. Throws BadChart for one that cannot be drawn, UserError when too many wait or it takes too long. */
  render(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly job: RenderJob;
  readonly resolve: (png: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

const TIMEOUT_MS = 10_000;
const WAITING_MAX = 16;
/** A thread that cannot start is not started again before this. */
const RESTART_MS = 5_000;
const HEAP_MIB_MAX = 192;

interface Thread {
  readonly worker: Worker;
  readonly ready: PromiseWithResolvers<void>;
  isReady: boolean;
  readonly startedMs: number;
}

/** The thread takes about 55 MB and a quarter of a second to start: it waits for the first picture. */
export function openRenderer(options: RendererOptions): Renderer {
  return new RenderQueue(options);
}

class RenderQueue implements Renderer {
  readonly #log: Log;
  readonly #timeoutMs: number;
  readonly #waitingMax: number;
  readonly #waiting: Waiting[] = [];
  #current: Waiting | null = null;
  #timer: NodeJS.Timeout | undefined;
  #thread: Thread | null = null;
  #failedMs = Number.NEGATIVE_INFINITY;
  #lastId = 0;
  #isClosed = false;

  constructor({ log, timeoutMs = TIMEOUT_MS, waitingMax = WAITING_MAX }: RendererOptions) {
    this.#log = log;
    this.#timeoutMs = timeoutMs;
    this.#waitingMax = waitingMax;
  }

  ready(): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('the renderer is closed'));
    this.#thread ??= this.#start();
    return this.#thread.ready.promise;
  }

  render(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    if (this.#isClosed)
      return Promise.reject(new UserError('Pictures are not drawn any more: the bot is stopping.'));
    if (this.#waiting.length + (this.#current === null ? 0 : 1) >= this.#waitingMax)
      return Promise.reject(new UserError('Too many pictures are being drawn. Try again in a moment.'));
    if (this.#thread === null && performance.now() - this.#failedMs < RESTART_MS)
      return Promise.reject(new UserError('Pictures cannot be drawn right now. Try again in a moment.'));
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    this.#lastId += 1;
    this.#waiting.push({ job: { id: this.#lastId, body }, resolve, reject });
    this.#next();
    return promise;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#fail(new UserError('The picture was not finished: the bot is stopping.'));
    for (const { reject } of this.#waiting.splice(0))
      reject(new UserError('The picture was not finished: the bot is stopping.'));
    const thread = this.#thread;
    this.#thread = null;
    await thread?.worker.terminate();
  }

  #start(): Thread {
    // The parent's flags are for the parent (a test runner, an inspector).
    const worker = new Worker(new URL('./render-thread.ts', import.meta.url), {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX, maxYoungGenerationSizeMb: 8 },
    });
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => {});
    const thread: Thread = { worker, ready, isReady: false, startedMs: performance.now() };
    worker.on('message', (reply: RenderReply) => this.#onReply(thread, reply));
    worker.on('error', (error) => this.#onEnd(thread, error));
    worker.on('exit', () => this.#onEnd(thread, new Error('the drawing thread ended')));
    return thread;
  }

  #next(): void {
    if (this.#current !== null || this.#isClosed || this.#waiting.length === 0) return;
    this.#thread ??= this.#start();
    if (!this.#thread.isReady) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#current = next;
    this.#timer = setTimeout(() => this.#giveUp(), this.#timeoutMs);
    this.#thread.worker.postMessage(next.job, [next.job.body.buffer]);
  }

  #onReply(thread: Thread, reply: RenderReply): void {
    if (thread !== this.#thread) return;
    if (reply.type === 'ready') {
      thread.isReady = true;
      thread.ready.resolve();
    } else if (this.#current?.job.id === reply.id) {
      const { resolve, reject } = this.#current;
      clearTimeout(this.#timer);
      this.#current = null;
      if (reply.type === 'drawn') resolve(reply.png);
      else reject(new BadChart(reply.message));
    }
    this.#next();
  }

  /** A thread that hangs is ended; the pictures that waited behind it get a new one. */
  #giveUp(): void {
    const thread = this.#thread;
    this.#thread = null;
    void thread?.worker.terminate();
    this.#log.error(
      `charts: a picture took longer than ${this.#timeoutMs} ms; the drawing thread is replaced`,
    );
    this.#fail(new UserError('The picture took too long to draw. A shorter period may help.'));
    this.#next();
  }

  #onEnd(thread: Thread, error: Error): void {
    if (thread !== this.#thread || this.#isClosed) return;
    this.#thread = null;
    thread.ready.reject(error);
    this.#log.error(`charts: ${describeError(error)}`);
    this.#fail(new UserError('The picture could not be drawn.'));
    if (thread.isReady) {
      this.#next();
      return;
    }
    this.#failedMs = performance.now();
    for (const { reject } of this.#waiting.splice(0))
      reject(new UserError('Pictures cannot be drawn right now.'));
  }

  #fail(error: Error): void {
    clearTimeout(this.#timer);
    const current = this.#current;
    this.#current = null;
    current?.reject(error);
  }
}
