import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes the folder and those above it; one that is there already is well. Throws what mkdir throws. Not
 * mkdirSync's `recursive`: where the system says ENOENT under a folder that exists (/proc), it never returns.
 */
export function makeFolder(folder: string): void {
  const target = path.resolve(folder);
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = path.dirname(target);
  if (above !== target && !existsSync(above)) makeFolder(above);
  mkdirSync(target);
}
