/** One timer for the heartbeats of all sockets: a wheel with a slot a tick. */

export interface Beating {
  /** Send a heartbeat. */
  beat(): void;
  /** The grace after a heartbeat is over: something must have come since. */
  checkAnswer(): void;
}

interface HeartbeatTimings {
  readonly heartbeatMs: number;
  readonly heartbeatGraceMs: number;
  readonly tickMs: number;
}

/** A tick this much too late means that the process slept: answers may wait unread, so silence proves nothing. */
const LATE_TICKS = 3;

export class HeartbeatWheel {
  readonly #tickMs: number;
  readonly #graceTicks: number;
  readonly #slots: readonly Set<Beating>[];
  #current = 0;
  #checksSkipped = 0;
  #lastTickMs = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor({ heartbeatMs, heartbeatGraceMs, tickMs }: HeartbeatTimings) {
    this.#tickMs = tickMs;
    this.#graceTicks = Math.max(1, Math.ceil(heartbeatGraceMs / tickMs));
    const slots = Math.max(this.#graceTicks + 1, Math.round(heartbeatMs / tickMs));
    this.#slots = Array.from({ length: slots }, () => new Set());
  }

  /** Sends the first heartbeat now; the answer takes the socket off the wheel. */
  add(socket: Beating): () => void {
    const slot = this.#slots[this.#current];
    slot?.add(socket);
    if (this.#timer === null) {
      this.#lastTickMs = performance.now();
      this.#timer = setInterval(() => this.#tick(), this.#tickMs);
    }
    socket.beat();
    return () => {
      slot?.delete(socket);
      if (this.#slots.every((other) => other.size === 0)) this.close();
    };
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastTickMs > LATE_TICKS * this.#tickMs) this.#checksSkipped = this.#graceTicks;
    this.#lastTickMs = nowMs;
    this.#current = (this.#current + 1) % this.#slots.length;
    for (const socket of this.#slots[this.#current] ?? []) socket.beat();
    if (this.#checksSkipped > 0) {
      this.#checksSkipped--;
      return;
    }
    const checked = (this.#current - this.#graceTicks + this.#slots.length) % this.#slots.length;
    for (const socket of [...(this.#slots[checked] ?? [])]) socket.checkAnswer();
  }
}
