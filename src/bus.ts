import type { LiveEvent } from '#src/events.ts';

/** A listener must not block; what it throws is counted and told to `onFault`, and the others still run. */
export type Listener = (event: LiveEvent) => void;

/** Fan-out of events inside the process, synchronous, in the order of publishing. */
export class Bus {
  readonly #listeners = new Set<Listener>();
  readonly #onFault: (error: unknown, event: LiveEvent) => void;

  constructor(onFault: (error: unknown, event: LiveEvent) => void) {
    this.#onFault = onFault;
  }

  publish(event: LiveEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#onFault(error, event);
      }
    }
  }

  /** Calls `listener` for every event from now on; the answer undoes it. */
  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
