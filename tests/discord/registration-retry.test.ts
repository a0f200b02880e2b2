import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerUntilDone } from '#src/discord/commands/registration.ts';

describe('the registration of commands', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  it('is tried again until Discord takes it, and says each time that it was not', async () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    let tries = 0;
    const register = async () => {
      tries += 1;
      if (tries < 4) throw new Error('Service Unavailable');
    };
    const done = registerUntilDone(register, { log, signal: new AbortController().signal });
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    await done;
    expect(tries).toBe(4);
    expect(lines.filter((line) => line.includes('Service Unavailable'))).toHaveLength(3);
  });

  it('ends when the bot does', async () => {
    const abort = new AbortController();
    const register = () => Promise.reject(new Error('Service Unavailable'));
    const done = registerUntilDone(register, { log: pino({ level: 'silent' }), signal: abort.signal });
    await vi.advanceTimersByTimeAsync(1_000);
    abort.abort();
    await done;
  });
});
