/** Keeps from asking what has refused: open for longer each time, closed by a success. */
import { type Backoff, backoffMs } from '#src/lib/backoff.ts';

export class Circuit {
  readonly #backoff: Backoff;
  readonly #now: () => number;
  #failures = 0;
  #untilMs = 0;
  #reason = '';

  constructor(backoff: Backoff, now: () => number) {
    this.#backoff = backoff;
    this.#now = now;
  }

  trip(reason: string): void {
    this.#untilMs = this.#now() + backoffMs(this.#failures++, this.#backoff);
    this.#reason = reason;
  }

  succeed(): void {
    this.#failures = 0;
    this.#untilMs = 0;
  }

  /** How long nothing is asked; 0 when it is closed. A clock that went back cannot make it longer than its limit. */
  restMs(): number {
    return Math.min(Math.max(0, this.#untilMs - this.#now()), this.#backoff.maxMs);
  }

  /** For people; null when it is closed. */
  describe(): string | null {
    if (this.restMs() === 0) return null;
    const until = new Date(this.#untilMs).toISOString().slice(11, 19);
    return `${this.#reason}; nothing is asked until ${until} UTC`;
  }
}
