/** Which new messages are told together: too old after a restart, or more at once than a channel takes. */
import type { AlertDocument } from '#src/alerts/document.ts';
import type { OutboxItem } from '#src/store/archive.ts';

export interface FoldRules {
  readonly nowMs: number;
  /** An event older than this is not news any more. */
  readonly maxAgeMs: number;
  /** New messages of a channel that may wait before they are folded. */
  readonly foldAfter: number;
  /** Posts that the channel takes at once. */
  readonly free: number;
}

/** True for a message that Discord was never asked to post. */
function isUntried(item: OutboxItem): boolean {
  return item.messageId === null && item.attemptedMs === null;
}

/** True for news that are none any more; folds and reports have no such age. */
export function isLate(
  { document, eventMs }: OutboxItem,
  { nowMs, maxAgeMs }: Pick<FoldRules, 'nowMs' | 'maxAgeMs'>,
): boolean {
  return document.type !== 'fold' && document.type !== 'report' && eventMs < nowMs - maxAgeMs;
}

/** Splits a channel's open messages. Starts, ends, warnings and reports keep a message of their own in a burst. */
export function chooseFolds(
  items: readonly OutboxItem[],
  rules: FoldRules,
): { readonly late: OutboxItem[]; readonly burst: OutboxItem[] } {
  const untried = items.filter(isUntried);
  const late = untried.filter((item) => isLate(item, rules));
  const fresh = untried.filter((item) => !isLate(item, rules));
  if (fresh.length <= rules.foldAfter || fresh.length <= rules.free) return { late, burst: [] };
  const payments = fresh.filter(({ document }) => paidOf(document) !== null);
  // One of the free posts is for the fold itself; the dearest keep a message of their own.
  const keepMax = Math.max(0, rules.free - 1 - (fresh.length - payments.length));
  const dearest = payments.toSorted((a, b) => (paidOf(b.document) ?? 0) - (paidOf(a.document) ?? 0));
  return { late, burst: dearest.slice(keepMax).sort((a, b) => a.id - b.id) };
}

function paidOf(document: AlertDocument): number | null {
  return document.type === 'gift' || document.type === 'super-chat' || document.type === 'guard'
    ? document.paidMilli
    : null;
}
