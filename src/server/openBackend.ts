// Chooses what reads a repository, by its system. Nothing else in the server knows which systems there are.
import type { DecodeAccelerators } from '../base/decodeAccelerators.ts';
import type { SystemKind } from '../base/repositoryState.ts';
import type { FoundRepository } from '../backends/systems.ts';
import { BazaarBackend } from '../backends/bazaar/bazaarBackend.ts';
import { BazaarQueries } from '../backends/bazaar/bazaarQueries.ts';
import { GitBackend } from '../backends/git/gitBackend.ts';
import { gitEnvironmentOf } from '../backends/git/processEnvironment.ts';
import { GitQueries } from '../backends/git/gitQueries.ts';
import { MercurialBackend } from '../backends/mercurial/mercurialBackend.ts';
import { MercurialQueries } from '../backends/mercurial/mercurialQueries.ts';
import type { Vfs } from '../files/vfs.ts';
import type { ProcessEnvironment } from '../files/environment.ts';
import { BRZ, GIT, type StatusProgram } from '../hgCommand/statusPrograms.ts';
import type { Backend } from '../workingCopy/backend.ts';
import type { RepositoryQueries } from '../workingCopy/queries.ts';

/** A repository as the server sees it. */
export interface OpenedBackend {
  readonly system: SystemKind;
  readonly backend: Backend;
  readonly queries: RepositoryQueries;
  /** Answers for an unsupported repository; undefined for Mercurial, which has more than a status. */
  readonly statusProgram?: StatusProgram;
}

export interface BackendContext {
  readonly vfs: Vfs;
  readonly environment: ProcessEnvironment;
  /** Optional accelerators for decoding. */
  readonly accelerators?: DecodeAccelerators | undefined;
}

/** Reads nothing yet. */
export function openBackend({ root, system }: FoundRepository, context: BackendContext): OpenedBackend {
  switch (system) {
    case 'hg': {
      const backend = new MercurialBackend(root, context.vfs, context.environment, context.accelerators);
      return { system, backend, queries: new MercurialQueries(backend) };
    }
    case 'git': {
      const environment = gitEnvironmentOf(context.environment);
      const backend = new GitBackend(root, { vfs: context.vfs, environment, indexOptions: context.accelerators });
      return { system, backend, queries: new GitQueries(), statusProgram: GIT };
    }
    case 'bzr': {
      const { variables, homeDirectory } = context.environment;
      const environment = { variables, homeDirectory };
      const backend = new BazaarBackend(root, { vfs: context.vfs, environment, means: context.accelerators });
      return { system, backend, queries: new BazaarQueries(context.vfs), statusProgram: BRZ };
    }
  }
}
