/** One read-only connection, on the thread of the one who opened it. */
import Database from 'better-sqlite3';

type Value = number | string | null;

const CACHE_KIB = 8_192;
const BUSY_MS = 5_000;

export class Reader {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(file: string) {
    this.#db = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    this.#db.pragma('query_only = ON');
    this.#db.pragma(`cache_size = -${CACHE_KIB}`);
    this.#db.pragma('temp_store = MEMORY');
  }

  /** The SQL texts are few and constant, so every one is prepared once and kept. */
  #statement(sql: string): Database.Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const made = this.#db.prepare<unknown[]>(sql).raw(true);
    this.#statements.set(sql, made);
    return made;
  }

  /** Rows as arrays, in the order of the columns; `Row` is what the SQL says. */
  all<Row extends readonly Value[]>(sql: string, ...values: Value[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  each<Row extends readonly Value[]>(sql: string, ...values: Value[]): IterableIterator<Row> {
    return this.#statement(sql).iterate(...values) as IterableIterator<Row>;
  }

  find<Row extends readonly Value[]>(sql: string, ...values: Value[]): Row | null {
    return (this.#statement(sql).get(...values) as Row | undefined) ?? null;
  }

  /** Everything that `read` asks sees the same state of the archive. */
  inSnapshot<T>(read: () => T): T {
    return this.#db.transaction(read)();
  }

  close(): void {
    this.#db.close();
  }
}
