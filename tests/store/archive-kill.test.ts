import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { newFolder, openArchiveFile } from './archive-fixture.ts';
import { KILL_BATCH, killBatch, killOptions } from './archive-kill-batch.ts';

const CHILD = fileURLToPath(new URL('./archive-kill-child.ts', import.meta.url));
/** Commits that must have been answered before the kill. */
const COMMITTED_MIN = 8;

/** Starts the child, waits for its commits and kills it at once; answers how many it was told are durable. */
async function killAmidCommits(file: string): Promise<number> {
  const child: ChildProcess = fork(CHILD, [file], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let committed = 0;
  await new Promise<void>((resolve, reject) => {
    child.on('message', (message) => {
      committed = (message as { committed: number }).committed;
      if (committed >= COMMITTED_MIN) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the child ended with ${code}`)));
  });
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
  return committed;
}

test('kill -9 amid commits: nothing that was answered is lost, counters are the rows, replaying adds nothing', async () => {
  const file = join(newFolder(), 'killed.db');
  const committed = await killAmidCommits(file);
  const { writer, rows } = openArchiveFile(killOptions(file));
  const batches = Number(writer.cursor()) + 1;
  expect(batches).toBeGreaterThanOrEqual(committed);
  const danmaku = batches * KILL_BATCH;
  const expected = { danmaku, gifts: 2 * danmaku, milli: 200 * danmaku };
  const state = () =>
    [
      `SELECT (SELECT count(*) FROM danmaku) AS danmaku, sum(count) AS gifts, sum(paid_milli) AS milli FROM payments`,
      'SELECT sum(danmaku) AS danmaku, sum(gifts) AS gifts, sum(gift_milli) AS milli FROM minutes',
      'SELECT danmaku, gifts, gift_milli AS milli FROM sessions',
      'SELECT sum(danmaku) AS danmaku, sum(gifts) AS gifts, sum(paid_milli) AS milli FROM session_viewers',
    ].map((sql) => rows(sql)[0]);
  expect(state()).toEqual([expected, expected, expected, expected]);
  // A gap is open since the process was last known to live.
  expect(rows('SELECT reason, to_ms FROM gaps')).toEqual([{ reason: 'process-down', to_ms: null }]);
  for (let index = 0; index < batches; index += 1) writer.commit(killBatch(index), null);
  expect(state()).toEqual([expected, expected, expected, expected]);
  // The combos' messages go on where they were.
  writer.commit(killBatch(batches), null);
  const sums = rows<{ document: string }>("SELECT document FROM outbox WHERE key LIKE 'gift:%'");
  expect(sums).toHaveLength(KILL_BATCH);
  for (const { document } of sums) expect(JSON.parse(document)).toMatchObject({ count: 2 * (batches + 1) });
});
