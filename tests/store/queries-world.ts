/** A seeded file and the queries on it, one at a time, for the tests that only ask. */
import { asRoomId } from '#src/events.ts';
import type { Page } from '#src/shapes.ts';
import type { Queries } from '#src/store/queries.ts';
import { openFile, SEEDED_ROOM, type SeededFile } from './queries-file.ts';

export const ROOM = asRoomId(SEEDED_ROOM);
export const MINUTE = 60_000;
/** A full minute, and far above 2^31. */
export const BASE = 30_000_000 * MINUTE;
export const NOW = BASE + 60 * MINUTE;

export let file: SeededFile;
export let queries: Queries;

export async function openSeeded(fill: (file: SeededFile) => void): Promise<void> {
  file = await openFile();
  fill(file);
  queries = await file.open(NOW);
}

export async function close(): Promise<void> {
  await queries.close();
  await file.close();
}

/** Every item, a page at a time, as a reader would turn them. */
export async function turnAll<T>(ask: (before: string | undefined) => Promise<Page<T>>): Promise<T[][]> {
  const pages: T[][] = [];
  let before: string | undefined;
  do {
    const page = await ask(before);
    pages.push([...page.items]);
    before = page.next ?? undefined;
  } while (before !== undefined && pages.length < 1_000);
  return pages;
}
