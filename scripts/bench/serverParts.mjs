// Parts of a long update: a window parses each of them at once, between the keys of its user.
import { bytePath } from '../../src/base/bytePath.ts';
import { toMessages } from '../../src/server/updates.ts';
import { newWorkCounters } from '../../src/status/types.ts';
import { plainEntry } from '../../src/workingCopy/statusTree.ts';

const ENTRIES = 20_000;
const PATH_BYTES = 200;

/** Milliseconds of processor time that each part of an update with 20,000 unknown files takes. */
export function measureParts() {
  const name = i => `${i}/`.padEnd(PATH_BYTES, 'd');
  const changes = Array.from({ length: ENTRIES }, (_, i) => ({
    path: bytePath(name(i)),
    entry: plainEntry('unknown'),
  }));
  const update = {
    state: { kind: 'ready' },
    ...{ reset: true, settled: true, cause: 'bench', changes, tracked: 0, milliseconds: 0, outcome: newWorkCounters() },
    counts: { modified: 0, added: 0, removed: 0, deleted: 0, unknown: ENTRIES, ignored: 0 },
  };
  const parts = [...toMessages('/repository', update, 1)].map(message => JSON.stringify(message));
  return parts.map(part => {
    const before = process.cpuUsage();
    JSON.parse(part);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
}
