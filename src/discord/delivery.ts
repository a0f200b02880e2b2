/** The outbox on its way to Discord (design §2, promises 4 to 6): posted or edited until delivered = desired. */
import type { REST } from 'discord.js';
import type { Charts } from '#src/charts/charts.ts';
import { createLedger, type DeliveryState } from '#src/discord/delivery/ledger.ts';
import { createLooks } from '#src/discord/delivery/looks.ts';
import { TIMING, type Timing } from '#src/discord/delivery/pace.ts';
import { createPoster } from '#src/discord/delivery/poster.ts';
import { Pump } from '#src/discord/delivery/pump.ts';
import type { LaneHost } from '#src/discord/delivery/sender.ts';
import { describeError } from '#src/lib/errors.ts';
import type { Log } from '#src/lib/log.ts';
import type { Archive } from '#src/store/archive.ts';
import type { Queries } from '#src/store/queries.ts';

export interface DeliveryOptions {
  readonly archive: LaneHost['archive'] &
    Pick<Archive, 'openOutbox' | 'watches' | 'reports' | 'guildSettings'>;
  /** `client.rest` of discord.js, with its token set. */
  readonly rest: Pick<REST, 'get' | 'post' | 'patch'>;
  readonly charts: Pick<Charts, 'draw'>;
  readonly queries: Pick<Queries, 'series'>;
  /** Older news are folded (`alerts.maxAgeMs`). */
  readonly alertMaxAgeMs: number;
  /** New messages of one channel that may wait before they are folded (`alerts.foldAfter`). */
  readonly foldAfter: number;
  readonly now: () => number;
  readonly log: Log;
  readonly timing?: Partial<Timing>;
  /** A channel cannot be posted to any more: its watches are paused in the archive. */
  readonly onPaused?: (channelId: string) => void;
}

export interface Delivery {
  /** Looks at the outbox at once; cheap, call it whenever a commit left something (`onOutbox`). */
  wake(): void;
  state(): DeliveryState;
  /** Takes nothing new, waits a moment for requests under way, then aborts them. */
  close(): Promise<void>;
}

/** Starts to deliver what is open and what comes. */
export function startDelivery(options: DeliveryOptions): Delivery {
  const { archive, now, log, alertMaxAgeMs, foldAfter } = options;
  const timing = { ...TIMING, ...options.timing };
  const ledger = createLedger();
  const abort = new AbortController();
  const { signal } = abort;
  let isTokenTold = false;
  const host: LaneHost = {
    ...{ archive, ledger, timing, maxAgeMs: alertMaxAgeMs, now, log, signal },
    poster: createPoster({ ...options, signal }),
    lookOf: createLooks(archive, now),
    onToken(error) {
      if (!isTokenTold) log.error(`Discord takes no messages with this token: ${describeError(error)}`);
      isTokenTold = true;
    },
    onFolded: () => pump.wake(),
    onPaused: options.onPaused ?? (() => {}),
  };
  const pump = new Pump({ host, archive, foldAfter });
  const poll = setInterval(() => pump.wake(), timing.pollMs);
  pump.wake();
  return {
    wake: () => pump.wake(),
    state: () => ledger.state(),
    async close() {
      clearInterval(poll);
      const timer = setTimeout(() => abort.abort(), timing.closeMs);
      await pump.stop();
      clearTimeout(timer);
    },
  };
}
