/** Keeps from asking what has refused: open for longer each time, closed by a success. */
import { type Backoff, backoffMs } from '#src/lib/backoff.ts';

export class Circuit {
  readonly #backoff: Backoff;
  readonly #now: () => number;
  #failures = 0;
  /** By the clock that nobody sets: a wrong date must not make it rest for a day. */
  #until = 0;
  #reason = '';

  constructor(backoff: Backoff, now: () => number) {
    this.#backoff = backoff;
    this.#now = now;
  }

  trip(reason: string): void {
    this.#until = performance.now() + backoffMs(this.#failures++, this.#backoff);
    this.#reason = reason;
  }

  succeed(): void {
    this.#failures = 0;
    this.#until = 0;
  }

  /** How long nothing is asked; 0 when it is closed. */
  restMs(): number {
    return Math.max(0, this.#until - performance.now());
  }

  /** For people; null when it is closed. */
  describe(): string | null {
    const restMs = this.restMs();
    if (restMs === 0) return null;
    const until = new Date(this.#now() + restMs).toISOString().slice(11, 19);
    return `${this.#reason}; nothing is asked until ${until} UTC`;
  }
}
