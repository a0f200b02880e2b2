import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findIgnored } from '#src/bilibili/ignored.ts';
import { READ_COMMANDS } from '#src/bilibili/normalise.ts';
import { findShared, fixture, openReader, pbMessage } from './support.ts';

// Held guards wait on timers: nothing here may wait for real.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('commands', () => {
  it('are read or ignored, never both, and others are counted by name', () => {
    expect(READ_COMMANDS.filter((cmd) => findIgnored(cmd) !== null)).toEqual([]);
    const { reader, counts } = openReader();
    for (let i = 0; i < 3; i++) reader.read(Buffer.from('{"cmd":"BRAND_NEW_THING:1:2"}'));
    reader.read(Buffer.from('{"cmd":"DANMU_MSG_371111","info":[]}'));
    reader.read(Buffer.from('{"msg":{"cmd":"PREPARING","roomid":"9001"}}'));
    expect(Object.fromEntries(counts.all())).toEqual({ BRAND_NEW_THING: 3, DANMU_MSG_371111: 1 });
  });

  it('without end do not fill the memory', () => {
    const { reader, counts } = openReader();
    for (let i = 0; i < 5000; i++) reader.read(Buffer.from(`{"cmd":"MADE_UP_${i}"}`));
    expect(counts.all().size).toBeLessThanOrEqual(501);
    expect(counts.all().get('(others)')).toBe(4500);
  });
});

const shared = findShared();
describe.skipIf(shared === null)(
  `captured messages${shared === null ? ' (skipped: no ../shared)' : ''}`,
  () => {
    const folders = shared === null ? [] : readdirSync(shared, { withFileTypes: true });
    const commands = folders.filter(
      (entry) => entry.isDirectory() && !['http', 'packets'].includes(entry.name),
    );

    it('all go through without a fault, and none is unknown', () => {
      let files = 0;
      for (const { name } of commands) {
        for (const file of readdirSync(path.join(shared ?? '', name))) {
          const bytes = readFileSync(path.join(shared ?? '', name, file));
          const { reader, counts } = openReader();
          reader.read(
            file.endsWith('.b64') ? pbMessage(name, Buffer.from(bytes.toString(), 'base64')) : bytes,
          );
          reader.close();
          expect({ name, file, counts: [...counts.all()] }).toEqual({ name, file, counts: [] });
          files++;
        }
      }
      expect(files).toBeGreaterThan(250);
    });

    it('of a V2 gift keep both items and their exact ids', () => {
      const { reader, of } = openReader();
      reader.read(readFileSync(path.join(shared ?? '', 'SEND_GIFT_V2', '2.json')));
      expect(of('gift')).toMatchObject([
        { id: '4813379508524699137', count: 5, paidMilli: 165_000, worthMilli: 175_000 },
        { id: '4813379508524699136', count: 5, paidMilli: 165_000, worthMilli: 100_000 },
      ]);
    });
  },
);

it('fixtures are one folder a command', () => {
  for (const cmd of readdirSync('tests/fixtures', { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && /^[A-Z_0-9]+$/.test(entry.name),
  )) {
    for (const file of readdirSync(path.join('tests/fixtures', cmd.name))) {
      const text = fixture(`${cmd.name}/${path.parse(file).name}`).toString();
      expect(text).toContain(`"${cmd.name}`);
    }
  }
});
