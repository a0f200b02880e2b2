import type { Db } from './migrate.ts';

/** `cursor`: journal position of the last commit. `alive_ms`: when this archive was last known to be fed. */
type MetaKey = 'cursor' | 'alive_ms';

interface Meta {
  get(key: MetaKey): string | null;
  set(key: MetaKey, value: string): void;
}

export function openMeta(db: Db): Meta {
  const get = db.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck();
  const set = db.prepare<[string, string]>(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (key) => get.get(key) ?? null,
    set: (key, value) => void set.run(key, value),
  };
}
