/** Many documents told in one line: "+37 gifts, ¥512". */
import type { AlertDocument, FoldDocument } from '#src/alerts/document.ts';
import { unreachable } from '#src/lib/errors.ts';

/** Names that a fold keeps, so that it stays small whatever it takes in. */
const FOLD_ROOMS_MAX = 20;

type Sums = Pick<FoldDocument, 'starts' | 'gifts' | 'superChats' | 'guards' | 'warnings' | 'paidMilli'>;

const NOTHING: Sums = { starts: 0, gifts: 0, superChats: 0, guards: 0, warnings: 0, paidMilli: 0 };

/**
 * One document that speaks for all of `documents`, folds among them included. `gifts` counts items, as the
 * totals do; `guards`, `superChats`, `starts` and `warnings` count messages. Throws RangeError for none.
 */
export function foldDocuments(
  documents: readonly AlertDocument[],
  reason: FoldDocument['reason'],
): FoldDocument {
  if (documents.length === 0) throw new RangeError('nothing to fold');
  const sums = { ...NOTHING };
  const rooms = new Set<string>();
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const document of documents) {
    const part = sumsOf(document);
    for (const field of Object.keys(NOTHING) as (keyof Sums)[]) sums[field] += part[field];
    for (const name of document.type === 'fold' ? document.rooms : [document.room.name]) {
      if (rooms.size < FOLD_ROOMS_MAX) rooms.add(name);
    }
    const times = timesOf(document);
    fromMs = Math.min(fromMs, times.fromMs);
    toMs = Math.max(toMs, times.toMs);
  }
  return { type: 'fold', reason, rooms: [...rooms], ...sums, fromMs, toMs };
}

function sumsOf(document: AlertDocument): Sums {
  switch (document.type) {
    case 'stream':
      return { ...NOTHING, starts: 1 };
    case 'gift':
      return { ...NOTHING, gifts: document.count, paidMilli: document.paidMilli };
    case 'super-chat':
      return { ...NOTHING, superChats: 1, paidMilli: document.paidMilli };
    case 'guard':
      return { ...NOTHING, guards: 1, paidMilli: document.paidMilli };
    case 'warning':
      return { ...NOTHING, warnings: 1 };
    case 'fold':
      return document;
    case 'report':
      return NOTHING;
    default:
      return unreachable(document);
  }
}

function timesOf(document: AlertDocument): { readonly fromMs: number; readonly toMs: number } {
  if (document.type === 'fold' || document.type === 'report') return document;
  if (document.type === 'stream')
    return { fromMs: document.startedMs, toMs: document.endedMs ?? document.startedMs };
  return { fromMs: document.atMs, toMs: document.atMs };
}
