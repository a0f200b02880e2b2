/**
 * A clock for pictures: the past goes by many times as fast until it has caught up with the machine's clock.
 * Loaded by the bot with `--import`, so that charts have something to show after two minutes.
 */
const { QUICK_CLOCK_END_MS = '0', QUICK_CLOCK_SPEED = '1' } = process.env;
const realNow = Date.now;

/** Before `endMs` (epoch ms, real) time is behind and runs `speed` times as fast; from then on it is the real time. */
export function openQuickClock(endMs: number, speed: number): () => number {
  return () => {
    const nowMs = realNow();
    return nowMs >= endMs ? nowMs : Math.round(endMs - (endMs - nowMs) * speed);
  };
}

if (Number(QUICK_CLOCK_END_MS) > 0)
  Date.now = openQuickClock(Number(QUICK_CLOCK_END_MS), Number(QUICK_CLOCK_SPEED));
