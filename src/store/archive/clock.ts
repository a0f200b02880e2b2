/** The time of the last tick and what has passed since, so that the app's clock is the archive's too. */
interface Clock {
  now(): number;
  set(nowMs: number): void;
}

export function openClock(): Clock {
  let wallMs = Date.now();
  let atMs = performance.now();
  return {
    now: () => Math.floor(wallMs + performance.now() - atMs),
    set(nowMs) {
      wallMs = nowMs;
      atMs = performance.now();
    },
  };
}
