/** Says before the tests which of them will be skipped on this machine, and why. Fails when LIVELARK_REQUIRE names what is missing. */
import { type Need, skipReason } from './needs.ts';

const TESTS: Readonly<Record<Need, string>> = {
  redis: 'tests of the Redis hot store (none yet)',
  chromium: 'browser tests (install Chromium to run them)',
  shared:
    'tests on captured messages and against Discord’s own description (the project stands without them)',
};

export default async function announce(): Promise<void> {
  for (const need of ['chromium', 'redis', 'shared'] as const) {
    const reason = await skipReason(need);
    if (reason !== null) process.stdout.write(`skipped: ${TESTS[need]}, because ${reason}\n`);
  }
}
