// How a newer server takes over: it asks the one that has the name, and only an older one agrees.
import type { Door } from '../../daemon/runtimeDirectory.ts';
import { askAt } from '../../daemon/shortClient.ts';

/** A server that runs answers at once. */
const ANSWER_MS = 1000;
/** One that is silent so often is stopped, or hangs. When it goes on, it notices that it has lost its name. */
const MOST_SILENT = 3;

/**
 * Asks the server behind a door to make room for `version`. Resolves with true if it does, or nobody listens there;
 * or it is silent for three seconds; with false if it stays.
 */
export async function retire(door: Door | undefined, version: string): Promise<boolean> {
  if (door === undefined) return true;
  for (let silent = 0; silent < MOST_SILENT; silent++) {
    const asked = await askAt(door, 'retire', { build: version }, {}, ANSWER_MS, ANSWER_MS);
    if (asked.kind !== 'silent') return asked.kind === 'absent' || asked.answer.kind === 'retiring';
  }
  return true;
}
