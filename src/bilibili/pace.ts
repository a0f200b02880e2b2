/** One job at a time, `intervalMs` between the end of one and the start of the next, the most urgent first. */
import { sleep } from '#src/lib/backoff.ts';

interface Waiting {
  /** Lower comes first; asked when a turn is free, since a room may have gone live while it waited. */
  readonly rank: () => number;
  readonly signal: AbortSignal;
  readonly start: () => Promise<void>;
}

export class Pace {
  readonly #intervalMs: number;
  readonly #closed: AbortSignal;
  readonly #queue: Waiting[] = [];
  #running = false;

  constructor(intervalMs: number, closed: AbortSignal) {
    this.#intervalMs = intervalMs;
    this.#closed = closed;
  }

  /** Runs `job` in its turn. Rejects with what the job throws, or with the signal's reason when it aborts first. */
  run<T>(rank: () => number, signal: AbortSignal, job: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const start = async () => {
        if (signal.aborted) reject(signal.reason);
        else await job().then(resolve, reject);
      };
      this.#queue.push({ rank, signal, start });
      void this.#pump();
    });
  }

  async #pump(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#take(); next !== undefined; next = this.#take()) {
      const isGone = next.signal.aborted;
      await next.start();
      if (!isGone) await sleep(this.#intervalMs, this.#closed);
    }
    this.#running = false;
  }

  #take(): Waiting | undefined {
    let best = 0;
    let bestRank = Number.POSITIVE_INFINITY;
    for (const [index, waiting] of this.#queue.entries()) {
      const rank = waiting.signal.aborted ? Number.NEGATIVE_INFINITY : waiting.rank();
      if (rank < bestRank) [best, bestRank] = [index, rank];
    }
    return this.#queue.splice(best, 1)[0];
  }
}
