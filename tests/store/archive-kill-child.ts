/** Commits batches without end and says after each how many there are; its parent kills it in the middle. */
import { pino } from 'pino';
import { openArchive } from '#src/store/archive.ts';
import { KILL_BATCH, killBatch, killOptions } from './archive-kill-batch.ts';

const file = process.argv[2];
if (file === undefined) throw new Error('no file given');
const archive = await openArchive({
  ...killOptions(file),
  log: pino({ level: 'silent' }),
  onOutbox: () => {},
});
for (let index = 0; ; index += 1) {
  await archive.commit(killBatch(index), String(index));
  process.send?.({ committed: index + 1, batch: KILL_BATCH });
}
