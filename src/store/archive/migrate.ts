/** Opens the SQLite file for writing and brings its tables up to date. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { StartError } from '#src/lib/errors.ts';
import { makeFolder } from '#src/lib/folder.ts';

export type Db = Database.Database;

/** How long a statement waits for another process's lock before it fails. */
const BUSY_TIMEOUT_MS = 5_000;
/** The WAL file is cut back to this after a checkpoint. */
const WAL_BYTES_MAX = 64 * 1024 * 1024;
const MIGRATIONS = fileURLToPath(new URL('../../../drizzle', import.meta.url));

/** The code of SQLite or of the system; drizzle wraps it in an error of its own. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error ? String(error.code) : codeOf(error.cause);
}

/** What to tell a person about a file that cannot be used. */
export function explainFault(file: string, error: unknown): StartError {
  if (error instanceof StartError) return error;
  const code = codeOf(error);
  const say = (text: string) => new StartError(`database ${file}: ${text}`, { cause: error });
  if (code === 'SQLITE_NOTADB')
    return say('this is not a SQLite database; move it away or name another file');
  if (code.startsWith('SQLITE_CORRUPT')) return say('the file is damaged; restore a backup');
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return say('another program has locked it; stop that program first');
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return say('the disk is full; make room and start again');
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY') || code.startsWith('E')) {
    return say('cannot be written; check that the folder exists and belongs to this user');
  }
  return say(`cannot be used: ${error instanceof Error ? error.message : String(error)}`);
}

function tableNames(db: Db): string[] {
  return db.prepare<[], string>("SELECT name FROM sqlite_master WHERE type = 'table'").pluck().all();
}

/** The hashes by which drizzle knows the migrations that there are: SHA-256 of each file (its migrator.js). */
function readHashes(migrationsFolder: string): string[] {
  const journal = JSON.parse(readFileSync(join(migrationsFolder, 'meta/_journal.json'), 'utf8')) as {
    readonly entries: readonly { readonly tag: string }[];
  };
  return journal.entries.map(({ tag }) =>
    createHash('sha256')
      .update(readFileSync(join(migrationsFolder, `${tag}.sql`)))
      .digest('hex'),
  );
}

/** Whether migrations are pending. Throws StartError for a database that is not ours, or newer. */
function isBehind(db: Db, file: string, migrationsFolder: string): boolean {
  const names = tableNames(db);
  if (!names.includes('__drizzle_migrations')) {
    if (names.length === 0) return true;
    throw new StartError(`database ${file}: belongs to another program; name another file`);
  }
  const known = new Set(readHashes(migrationsFolder));
  const applied = db.prepare<[], string>('SELECT hash FROM __drizzle_migrations').pluck().all();
  if (applied.every((hash) => known.has(hash))) return applied.length < known.size;
  throw new StartError(
    `database ${file}: made by another version of Livelark, newer than this one; start that version, or restore a backup made before it`,
  );
}

/**
 * Drizzle is loaded only when it has something to do, and as CommonJS: as 111 ES modules, each of which reads
 * its package.json of 179 KB anew, it left 80 MB of garbage in the writer thread.
 */
function applyMigrations(db: Db, migrationsFolder: string): void {
  const load = createRequire(import.meta.url);
  const { drizzle } = load('drizzle-orm/better-sqlite3') as typeof import('drizzle-orm/better-sqlite3');
  const { migrate } = load(
    'drizzle-orm/better-sqlite3/migrator',
  ) as typeof import('drizzle-orm/better-sqlite3/migrator');
  migrate(drizzle(db), { migrationsFolder });
}

/**
 * Opens (or creates) the file in WAL with `synchronous=FULL` and applies pending migrations in one transaction.
 * Throws StartError with one line for people when the file cannot be used or is newer than this program.
 */
export function openDatabase(file: string, migrationsFolder = MIGRATIONS): Db {
  let db: Db | null = null;
  try {
    makeFolder(dirname(file));
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    // Looked at first: a file that is refused stays as it is, and the pragmas write.
    const behind = isBehind(db, file, migrationsFolder);
    // Has an effect only before the first table and before WAL: lets retention give space back.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
    if (behind) applyMigrations(db, migrationsFolder);
    return db;
  } catch (error) {
    db?.close();
    throw explainFault(file, error);
  }
}
