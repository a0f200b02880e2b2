/** How long things take and wait. Tests shorten them; nobody else needs to. */
import type { Backoff } from '#src/lib/backoff.ts';

export interface Timings {
  /** The server drops a connection after 60–70 s without one. */
  readonly heartbeatMs: number;
  /** A heartbeat that nothing follows for this long: the connection is half open. */
  readonly heartbeatGraceMs: number;
  readonly tickMs: number;
  readonly handshakeTimeoutMs: number;
  readonly authTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** Between two connects of one room. */
  readonly reconnect: Backoff;
  /** A connection that held this long was a good one: the next wait is the shortest. */
  readonly stableMs: number;
  /** After risk control (-352) that new keys did not help. */
  readonly riskControl: Backoff;
  /** After 412, for the whole host. */
  readonly rateBlock: Backoff;
  /** Until a room that was locked, encrypted or hidden is looked at again. */
  readonly recheckMs: number;
  readonly keysAgeMaxMs: number;
  /** After refused tokens nav is asked again who we are, at most this often. */
  readonly keysDoubtMs: number;
  /** Between two calls of the batch poll. */
  readonly pollSpacingMs: number;
  /** How long a polite close may take. */
  readonly closeMs: number;
}

export const TIMINGS: Timings = {
  heartbeatMs: 30_000,
  heartbeatGraceMs: 5_000,
  tickMs: 1_000,
  handshakeTimeoutMs: 10_000,
  authTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  reconnect: { baseMs: 1_000, maxMs: 30_000 },
  stableMs: 30_000,
  riskControl: { baseMs: 240_000, maxMs: 1_800_000 },
  rateBlock: { baseMs: 120_000, maxMs: 3_600_000 },
  recheckMs: 3_600_000,
  keysAgeMaxMs: 12 * 3_600_000,
  keysDoubtMs: 60_000,
  pollSpacingMs: 1_000,
  closeMs: 1_000,
};
