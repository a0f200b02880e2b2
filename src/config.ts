/** Files and environment → one frozen Config. The only reader of process.env; wrong values are all named at once. */
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import type { z } from 'zod';
import { ConfigError } from '#src/lib/errors.ts';
import { makeFolder } from '#src/lib/folder.ts';
import { isLoopbackHost } from '#src/lib/host.ts';
import { type Config, SCHEMA, VARIABLES } from '#src/settings.ts';

export type { Config } from '#src/settings.ts';

interface Tree {
  [key: string]: unknown;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `over` wins over `under`, setting by setting. */
function merge(under: Tree, over: Tree): Tree {
  const result: Tree = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const below = result[key];
    result[key] = isTree(value) && isTree(below) ? merge(below, value) : value;
  }
  return result;
}

function readFile(file: string, isOptional: boolean): Tree {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (error) {
    if (isOptional && (error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new ConfigError(
      `${file}: cannot be read (${(error as NodeJS.ErrnoException).code}); allowed: a JSON file of settings`,
    );
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(content);
  } catch (error) {
    throw new ConfigError(
      `${file}: not JSON (${(error as Error).message}); allowed: a JSON file of settings`,
    );
  }
  if (!isTree(parsed))
    throw new ConfigError(
      `${file}: not an object; allowed: a JSON object of settings as in config/default.json`,
    );
  return parsed;
}

function treeOf(at: string, value: unknown): Tree {
  return at.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as Tree;
}

function valueAt(tree: unknown, keys: readonly PropertyKey[]): unknown {
  return keys.reduce<unknown>((inner, key) => (isTree(inner) ? inner[String(key)] : undefined), tree);
}

function describeIssues(error: z.ZodError, tree: Tree, fromEnvironment: ReadonlySet<string>): string {
  const lines = error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const where = [...issue.path, ''].join('.');
      return `${issue.keys.map((key) => where + key).join(', ')}: no such setting; allowed: those of config/default.json`;
    }
    const at = issue.path.join('.');
    const variable = Object.entries(VARIABLES).find(([, entry]) => entry.at === at);
    const name = variable !== undefined && fromEnvironment.has(at) ? variable[0] : at;
    const shown = variable?.[1].secret ? 'this value' : JSON.stringify(valueAt(tree, issue.path));
    return `${name}: ${shown} is not allowed; allowed: ${issue.message}`;
  });
  return lines.join('; ');
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}

export interface ConfigSources {
  /** Left out: the process's own. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of default.json and local.json. */
  readonly folder: string;
  /** `--config FILE`, instead of local.json. */
  readonly file?: string | undefined;
  /** `--rooms`, instead of ROOMS. */
  readonly rooms?: string | undefined;
}

/** Reads all sources; the environment wins over files. Throws ConfigError that names every wrong setting and what is allowed. */
export function readConfig(sources: ConfigSources): Config {
  let tree = readFile(path.join(sources.folder, 'default.json'), false);
  tree = merge(
    tree,
    sources.file === undefined
      ? readFile(path.join(sources.folder, 'local.json'), true)
      : readFile(sources.file, false),
  );
  const environment = sources.environment ?? process.env;
  const fromEnvironment = new Set<string>();
  for (const [name, { at }] of Object.entries(VARIABLES)) {
    const value = environment[name];
    if (value === undefined || value.trim() === '') continue;
    fromEnvironment.add(at);
    tree = merge(tree, treeOf(at, value.trim()));
  }
  if (sources.rooms !== undefined) tree = merge(tree, { rooms: sources.rooms });
  const result = SCHEMA.safeParse(tree);
  if (!result.success) throw new ConfigError(describeIssues(result.error, tree, fromEnvironment));
  const config = result.data;
  if (!isLoopbackHost(config.http.host) && config.http.adminToken === null) {
    throw new ConfigError(
      `HTTP_HOST: ${config.http.host} is not loopback and ADMIN_TOKEN is not set; allowed: 127.0.0.1, or any host together with ADMIN_TOKEN`,
    );
  }
  return freeze(config);
}

/** Path of the SQLite file. */
export function databaseFile(config: Config): string {
  return path.resolve(
    config.databaseUrl === null
      ? path.join(config.dataDir, 'livelark.db')
      : config.databaseUrl.replace(/^file:(?:\/\/(?=\/))?/, ''),
  );
}

/**
 * Code that was compiled once, its types stripped, is kept in DATA_DIR, so that no thread has to load the
 * compiler: from the second start on this saves much of 100 MB and of the time to start. To be called before
 * the rest is loaded; a folder that cannot be written changes nothing here, and is refused where it is used.
 */
export function keepCompiledCode(dataDir: string): void {
  const folder = path.resolve(dataDir, 'cache');
  try {
    makeFolder(dataDir);
  } catch {
    return;
  }
  const { directory } = enableCompileCache(process.env.NODE_COMPILE_CACHE ?? folder);
  // Threads read it from the environment.
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= folder;
}
