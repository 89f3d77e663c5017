// Every handler begins with the same question: is the repository served, and can it be read at the moment?
import type { Snapshot } from '../../workingCopy/backend.ts';
import type { SharedRepository } from '../hub.ts';

/** Returns the repository with this root that a client has opened; undefined if there is none. */
export type FindRepository = (root: string) => SharedRepository | undefined;

/** Returns the result of `work` for a served repository and its snapshot; without either, `otherwise`. */
export function withSnapshot<T>(
  repository: SharedRepository | undefined,
  otherwise: T,
  work: (repository: SharedRepository, snapshot: Snapshot) => T,
): T {
  const snapshot = repository?.model.snapshot;
  return repository === undefined || snapshot === undefined ? otherwise : work(repository, snapshot);
}
