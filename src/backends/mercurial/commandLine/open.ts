// Opens the repository that a command of the command line is about.
import type { DecodeAccelerators } from '../../../base/decodeAccelerators.ts';
import { QuicksilverError } from '../../../base/errors.ts';
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

/**
 * As {@link openRepository}, for commands that show files of revisions. Throws 'unsupported' for a repository with
 * large files: its revisions have stand-ins instead, which `hg` replaces.
 */
export function openForRevisions(place: RepositoryPlace): MercurialRepository {
  const repository = openRepository(place);
  if (repository.requirements.has('largefiles')) {
    throw new QuicksilverError(
      'unsupported',
      'Revisions with large files (the requirement largefiles) are not supported.',
    );
  }
  return repository;
}
