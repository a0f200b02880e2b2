import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSources } from './support/sources.ts';

/** Rows of docs/architecture.md, lowest first: a file may import its own part and the rows below it. */
const ROWS: readonly (readonly string[])[] = [
  ['lib', 'events'],
  ['shapes'],
  ['bus', 'stats', 'alerts'],
  ['store'],
  ['bilibili', 'charts'],
  ['sdk'],
  ['discord', 'http', 'plugins', 'commands', 'plugin-folders'],
  ['settings'],
  ['config'],
  ['app'],
  ['main'],
];
const LINES_MAX = 250;

const sources = readSources(['src', 'commands', 'plugins', 'tests']);
const product = sources.filter(({ file }) => !file.startsWith('tests/'));

/** `src/store/queries.ts` → store, `src/bus.ts` → bus, `commands/top.ts` → commands. */
function partOf(file: string): string {
  const [top = '', inner = ''] = file.split('/');
  if (top !== 'src') return top === 'plugins' ? 'plugin-folders' : top;
  return inner.replace(/\.ts$/, '');
}

/** Files of the project that a file imports, static, dynamic and type-only alike. */
function importsOf({ file, text }: { file: string; text: string }): string[] {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] ?? '',
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith('#src/')) return [`src/${specifier.slice('#src/'.length)}`];
    return specifier.startsWith('.') ? [path.posix.join(path.posix.dirname(file), specifier)] : [];
  });
}

function isAllowed(from: string, to: string): boolean {
  const [source, target] = [partOf(from), partOf(to)];
  if (source === target) return true;
  if (source === 'sandbox') return target === 'lib';
  if (target === 'sandbox') return from === 'src/main.ts';
  if (source === 'commands' || source === 'plugin-folders') return target === 'sdk';
  const row = (part: string) => ROWS.findIndex((parts) => parts.includes(part));
  return row(source) >= 0 && row(target) >= 0 && row(target) < row(source);
}

describe('the architecture', () => {
  it('has every package that the product imports among its dependencies: the image has no others', () => {
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: object };
    const packageOf = (specifier: string) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
    const missing = product.flatMap(({ file, text }) =>
      [...text.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^'.#][^']*)';/gm)]
        .map((match) => match[1] ?? '')
        .filter((specifier) => !specifier.startsWith('node:') && !(packageOf(specifier) in dependencies))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(missing).toEqual([]);
  });

  it('knows every part', () => {
    const parts = new Set(product.map(({ file }) => partOf(file)));
    const known = new Set([...ROWS.flat(), 'sandbox']);
    expect([...parts].filter((part) => !known.has(part))).toEqual([]);
    expect(parts.size).toBeGreaterThan(12);
  });

  it('has imports that go down only', () => {
    const wrong = product.flatMap((source) =>
      importsOf(source)
        .filter((target) => !isAllowed(source.file, target))
        .map((target) => `${source.file} → ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('sees imports that go up (the check can fail)', () => {
    expect(isAllowed('src/store/queries.ts', 'src/discord/client.ts')).toBe(false);
    expect(isAllowed('src/bilibili/frame.ts', 'src/sandbox/bilibili/frame.ts')).toBe(false);
    expect(isAllowed('src/sandbox/bilibili/frame.ts', 'src/bilibili/frame.ts')).toBe(false);
    expect(isAllowed('commands/stats.ts', 'src/store/queries.ts')).toBe(false);
    expect(
      importsOf({ file: 'src/a/b.ts', text: "import type { X } from '../c.ts';\nawait import('#src/d.ts')" }),
    ).toEqual(['src/c.ts', 'src/d.ts']);
  });

  it(`has files of at most ${LINES_MAX} lines`, () => {
    const long = sources
      .filter(({ text }) => text.trimEnd().split('\n').length > LINES_MAX)
      .map(({ file }) => file);
    expect(long).toEqual([]);
  });

  it('has functions of at most 70 lines', () => {
    const biome = path.join('node_modules', '.bin', 'biome');
    const output = execFileSync(
      biome,
      [
        'lint',
        '--only=complexity/noExcessiveLinesPerFunction',
        '--reporter=summary',
        'src',
        'commands',
        'plugins',
      ],
      { encoding: 'utf8' },
    );
    expect(output).toMatch(/Checked \d{2,} files/);
  });

  it('reads the environment in config and exits in main alone', () => {
    const outside = product.filter(({ file }) => partOf(file) !== 'sandbox');
    const read = outside.filter(({ text }) => /process\.env\b/.test(text)).map(({ file }) => file);
    expect(read).toEqual(['src/config.ts']);
    expect(outside.filter(({ text }) => /process\.exit\(/.test(text)).map(({ file }) => file)).toEqual([
      'src/main.ts',
    ]);
  });

  it('names no path of one machine', () => {
    const places = product
      .filter(({ text }) => /\.\.\/shared|\/(?:home|root|work)\//.test(text))
      .map(({ file }) => file);
    expect(places).toEqual([]);
  });
});
