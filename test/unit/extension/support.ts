// What the tests of the extension's plain parts need.
import type { Disposable } from '../../../src/base/lifecycle.ts';
import type { Counts, FileEntry, RepositoryUpdate } from '../../../src/server/protocol.ts';

export const NO_COUNTS: Counts = { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 0, ignored: 0, tracked: 0 };

export function update(parts: Partial<RepositoryUpdate>): RepositoryUpdate {
  return {
    root: '/repo',
    sequence: 1,
    state: { kind: 'ready' },
    head: undefined,
    reset: false,
    changed: [],
    cleared: [],
    counts: NO_COUNTS,
    settled: true,
    cause: 'test',
    cost: { milliseconds: 0, stats: 0, directoriesRead: 0, filesRead: 0, bytesRead: 0, unsure: 0 },
    ...parts,
  };
}

export function entry(status: FileEntry['status'], path: string, more: Partial<FileEntry> = {}): FileEntry {
  return { path, status, ...more };
}

/** Callbacks that run when the test says so, with a clock that stands still. */
export class ManualSchedule {
  time = 0;
  #callbacks: (() => void)[] = [];

  readonly schedule = (callback: () => void): Disposable => {
    this.#callbacks.push(callback);
    return { dispose: () => (this.#callbacks = this.#callbacks.filter(each => each !== callback)) };
  };

  get waiting(): number {
    return this.#callbacks.length;
  }

  /** Runs what waits now, but not what that adds. */
  turn(): void {
    const callbacks = this.#callbacks;
    this.#callbacks = [];
    for (const callback of callbacks) callback();
  }
}
