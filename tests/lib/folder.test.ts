import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '#src/lib/folder.ts';

describe('a folder', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'livelark-folder-'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is made with those above it, and again without a word', () => {
    makeFolder(join(root, 'a/b/c'));
    makeFolder(join(root, 'a/b/c'));
    expect(statSync(join(root, 'a/b/c')).isDirectory()).toBe(true);
  });

  it('cannot be made where a file is', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => makeFolder(join(root, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(root, 'file/below'))).toThrow('ENOTDIR');
  });

  it.skipIf(!existsSync('/proc/self'))('is refused, not tried for ever, where the system allows none', () => {
    expect(() => makeFolder('/proc/livelark/below')).toThrow('ENOENT');
  });
});
