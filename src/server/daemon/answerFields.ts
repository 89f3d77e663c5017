// Parts that several answers of the short form have.
import { fromDisplay } from '../../base/bytePath.ts';
import { oneLine } from '../../base/foreignText.ts';
import { encodeAnswer } from '../../daemon/shortForm.ts';
import type { Exactness } from './exactStatus.ts';

/** An answer with more entries would be slower than looking for oneself, and has no bound. */
export const MOST_ENTRIES = 50_000;

export function refusal(why: string): string {
  return encodeAnswer('refused', [`why=${fromDisplay(oneLine(why)) || '?'}`]);
}

/** Returns the facts of the snapshot behind an exact answer, as name=value. */
export function identityFields(
  { snapshot, identity }: Extract<Exactness, { kind: 'exact' }>,
  serverId: string,
): string[] {
  return [
    `server=${serverId}`,
    `p1=${snapshot.head.firstParent}`,
    `p2=${snapshot.head.secondParent}`,
    `dirstate=${identity.statCache}`,
    `tracked=${snapshot.input.statCache.entryCount}`,
    ...identity.ignoreFiles.map(file => `ignore=${fromDisplay(file)}`),
    ...snapshot.warnings.map(warning => `warning=${fromDisplay(oneLine(warning))}`),
  ];
}
