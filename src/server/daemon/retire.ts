// How a newer server takes over: it asks the one that has the name, and only an older one agrees.
import type { Door } from '../../daemon/runtimeDirectory.ts';
import { askAt } from '../../daemon/shortClient.ts';

/** A server that runs answers at once. */
const ANSWER_MS = 1000;

/**
 * Asks the server behind a door to make room for `version`. Resolves with true if it does, or nobody listens there;
 * with false if it stays, or does not answer.
 */
export async function retire(door: Door | undefined, version: string): Promise<boolean> {
  if (door === undefined) return true;
  const asked = await askAt(door, 'retire', { build: version }, {}, ANSWER_MS, ANSWER_MS);
  return asked.kind === 'absent' || (asked.kind === 'answer' && asked.answer.kind === 'retiring');
}
