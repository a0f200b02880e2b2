/** Discord's budget of a channel: 5 requests in 5 s by route. Kept on our side, so that no 429 is ever asked for. */
export interface Timing {
  readonly windowMs: number;
  readonly windowRequestsMax: number;
  /** Least time between two edits of one message; a final state does not wait. */
  readonly editGapMs: number;
  /** First wait after a fault; doubles up to `backoffMaxMs`, with jitter. */
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  /** How long Discord surely knows a nonce: a repeat within it is one message. */
  readonly nonceMs: number;
  /** A fold younger than this takes further ones in. */
  readonly foldJoinMs: number;
  /** Looks for open messages at least this often, whether woken or not. */
  readonly pollMs: number;
  /** How long `close` waits for requests under way. */
  readonly closeMs: number;
}

export const TIMING: Timing = {
  windowMs: 5_100,
  windowRequestsMax: 5,
  editGapMs: 2_000,
  backoffMs: 500,
  backoffMaxMs: 60_000,
  nonceMs: 120_000,
  foldJoinMs: 60_000,
  pollMs: 5_000,
  closeMs: 3_000,
};

export interface Pace {
  /** When the next request may go. */
  readyMs(): number;
  /** Requests that may go at once. */
  free(nowMs: number): number;
  take(nowMs: number): void;
}

export function createPace({ windowMs, windowRequestsMax }: Timing): Pace {
  const taken: number[] = [];
  return {
    readyMs: () => (taken.length < windowRequestsMax ? 0 : (taken[0] ?? 0) + windowMs),
    free: (nowMs) => windowRequestsMax - taken.filter((atMs) => nowMs - atMs < windowMs).length,
    take(nowMs) {
      taken.push(nowMs);
      if (taken.length > windowRequestsMax) taken.shift();
    },
  };
}
