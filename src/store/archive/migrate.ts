/** Opens the SQLite file for writing and brings its tables up to date. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { migrate } from 'drizzle-orm/better-sqlite3/migrator';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { StartError } from '#src/lib/errors.ts';

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

function refuseForeign(db: Db, file: string, migrationsFolder: string): void {
  const names = tableNames(db);
  if (!names.includes('__drizzle_migrations')) {
    if (names.length === 0) return;
    throw new StartError(`database ${file}: belongs to another program; name another file`);
  }
  const known = new Set(readMigrationFiles({ migrationsFolder }).map((migration) => migration.hash));
  const applied = db.prepare<[], string>('SELECT hash FROM __drizzle_migrations').pluck().all();
  if (applied.every((hash) => known.has(hash))) return;
  throw new StartError(
    `database ${file}: made by another version of Livelark, newer than this one; start that version, or restore a backup made before it`,
  );
}

/**
 * Opens (or creates) the file in WAL with `synchronous=FULL` and applies pending migrations in one transaction.
 * Throws StartError with one line for people when the file cannot be used or is newer than this program.
 */
export function openDatabase(file: string, migrationsFolder = MIGRATIONS): Db {
  let db: Db | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true });
    db = new Database(file, { timeout: BUSY_TIMEOUT_MS });
    // Has an effect only before the first table and before WAL: lets retention give space back.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma(`journal_size_limit = ${WAL_BYTES_MAX}`);
    refuseForeign(db, file, migrationsFolder);
    migrate(drizzle(db), { migrationsFolder });
    return db;
  } catch (error) {
    db?.close();
    throw explainFault(file, error);
  }
}
