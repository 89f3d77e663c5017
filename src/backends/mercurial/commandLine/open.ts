// Opens the repository that a command of the command line is about.
import type { DecodeAccelerators } from '../../../base/decodeAccelerators.ts';
import { currentEnvironment } from '../../../files/environment.ts';
import type { Vfs } from '../../../files/vfs.ts';
import { MercurialRepository } from '../../../mercurial/repository/repository.ts';

export interface RepositoryPlace {
  readonly vfs: Vfs;
  /** Absolute path of the repository's root. */
  readonly root: string;
}

/**
 * Opens the repository for reading. Throws 'unsupported' for a repository that has no exact answer.
 * @param accelerators optional accelerators for reading the dirstate
 */
export function openRepository(place: RepositoryPlace, accelerators?: DecodeAccelerators): MercurialRepository {
  return MercurialRepository.open(place.root, { vfs: place.vfs, environment: currentEnvironment(), accelerators });
}
