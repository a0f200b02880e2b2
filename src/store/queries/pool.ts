/** Reader threads and the questions that wait for one. */
import { Worker } from 'node:worker_threads';
import { describeError, StartError, UserError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import { type OpName, type Ops, READY, type Reply, type Request } from '#src/store/queries/protocol.ts';

interface PoolOptions {
  readonly file: string;
  readonly threads: number;
  /** Questions that may wait for a thread (200). */
  readonly waitingMax?: number;
  /** From asking to the answer (10 000); a thread that takes longer is replaced. */
  readonly timeoutMs?: number;
  readonly log: Log;
}

interface Job {
  readonly request: Request;
  /** Looks through rows one by one: such questions leave a thread for the others. */
  readonly isSearch: boolean;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Thread {
  readonly worker: Worker;
  isReady: boolean;
  job: Job | null;
}

const WAITING_MAX = 200;
const TIMEOUT_MS = 10_000;
/** A thread that cannot even start is not started again before this. */
const RESTART_MS = 1_000;
const HEAP_MIB_MAX = 256;

/** A danmaku list with a text to look for (its third argument, protocol.ts). */
function isSearch(op: OpName, args: readonly unknown[]): boolean {
  return op === 'danmaku' && args[2] !== null;
}

export class ReaderPool {
  readonly #options: PoolOptions;
  readonly #timeoutMs: number;
  readonly #threads = new Set<Thread>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  readonly #waiting: Job[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  }

  /** Resolves when every thread has opened the file. Throws StartError when one cannot. */
  async open(): Promise<void> {
    const starts = Array.from({ length: this.#options.threads }, () => this.#start());
    try {
      await Promise.all(starts);
    } catch (error) {
      await this.close();
      throw new StartError(`The database ${this.#options.file} cannot be read: ${describeError(error)}`);
    }
  }

  /** Resolves when the thread is ready; a thread that dies later is replaced. */
  #start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { file: this.#options.file },
      // The parent's flags are for the parent (a test runner, an inspector).
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    });
    const thread: Thread = { worker, isReady: false, job: null };
    this.#threads.add(thread);
    worker.on('message', (message: typeof READY | Reply) => {
      if (message === READY) {
        thread.isReady = true;
        resolve();
      } else this.#settle(thread, message);
      this.#next();
    });
    worker.on('error', (error) => {
      this.#options.log.error(`queries: a reader thread failed: ${describeError(error)}`);
      this.#drop(thread);
      reject(error);
    });
    worker.on('exit', () => {
      this.#drop(thread);
      reject(new Error('the reader thread ended'));
    });
    return promise;
  }

  #settle(thread: Thread, reply: Reply): void {
    const job = thread.job;
    thread.job = null;
    if (job === null || job.request.id !== reply.id) return;
    clearTimeout(job.timer);
    if ('answer' in reply) job.resolve(reply.answer);
    else if (reply.fault.isUserError) job.reject(new UserError(reply.fault.message));
    else job.reject(new Error(`${job.request.op}: ${reply.fault.message}`));
  }

  /** Forgets a thread that has ended and starts another in its place, when this one had ever worked. */
  #drop(thread: Thread): void {
    if (!this.#threads.delete(thread)) return;
    const job = thread.job;
    thread.job = null;
    if (job !== null) {
      clearTimeout(job.timer);
      job.reject(new Error(`${job.request.op}: the reader thread ended`));
    }
    if (this.#isClosed) return;
    if (thread.isReady) this.#replace();
    else {
      const timer = setTimeout(() => {
        this.#restarts.delete(timer);
        this.#replace();
      }, RESTART_MS);
      this.#restarts.add(timer);
    }
  }

  #replace(): void {
    this.#start().catch((error: unknown) =>
      this.#options.log.error(`queries: no reader thread: ${describeError(error)}`),
    );
  }

  /** Asks; the oldest question goes first. UserError when too many wait or the answer takes too long. */
  run<Op extends OpName>(op: Op, ...args: Parameters<Ops[Op]>): Promise<ReturnType<Ops[Op]>> {
    if (this.#isClosed) return Promise.reject(new Error(`${op}: the store is closed`));
    if (this.#waiting.length >= (this.#options.waitingMax ?? WAITING_MAX))
      return Promise.reject(new UserError('Too many questions at once; ask again in a moment.'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#lastId += 1;
    const job: Job = {
      request: { id: this.#lastId, op, args },
      isSearch: isSearch(op, args),
      resolve,
      reject,
      timer: setTimeout(() => this.#expire(job), this.#timeoutMs),
    };
    this.#waiting.push(job);
    this.#next();
    return promise as Promise<ReturnType<Ops[Op]>>;
  }

  #next(): void {
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.job !== null) continue;
      const job = this.#takeWaiting();
      if (job === null) return;
      thread.job = job;
      thread.worker.postMessage(job.request);
    }
  }

  /** The one that waits for longest and may run: searches have all threads but one, if there is more than one. */
  #takeWaiting(): Job | null {
    const searching = [...this.#threads].filter((thread) => thread.job?.isSearch === true).length;
    const searchesMax = Math.max(this.#options.threads - 1, 1);
    const at = this.#waiting.findIndex((job) => !job.isSearch || searching < searchesMax);
    return at < 0 ? null : (this.#waiting.splice(at, 1)[0] ?? null);
  }

  #expire(job: Job): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) this.#waiting.splice(at, 1);
    else this.#replaceThreadOf(job);
    job.reject(new UserError('That took too long to look up; try a shorter time.'));
  }

  /** SQLite cannot be interrupted from here: the thread ends once its statement is done, another takes its place now. */
  #replaceThreadOf(job: Job): void {
    const thread = [...this.#threads].find((one) => one.job === job);
    if (thread === undefined) return;
    this.#options.log.warn(`queries: ${job.request.op} took more than ${this.#timeoutMs} ms`);
    thread.job = null;
    this.#drop(thread);
    void thread.worker.terminate();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    this.#restarts.clear();
    for (const job of this.#waiting.splice(0)) {
      clearTimeout(job.timer);
      job.reject(new Error(`${job.request.op}: the store is closed`));
    }
    await Promise.all([...this.#threads].map((thread) => thread.worker.terminate()));
  }
}
