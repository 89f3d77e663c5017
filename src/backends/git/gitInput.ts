// The engine's input, from a Git repository at one moment.
import type { BytePath } from '../../base/bytePath.ts';
import type { GitIndex } from '../../git/index/gitIndex.ts';
import { IndexFiles } from '../../git/index/indexFiles.ts';
import { GITLINK } from '../../git/index/indexTree.ts';
import type { GitIgnore } from '../../git/ignore/gitIgnore.ts';
import { GIT_DIRECTORY, isNestedRepository } from '../../git/repository/discovery.ts';
import type { GitRepository } from '../../git/repository/repository.ts';
import type { StatusInput, TreeRules } from '../../status/types.ts';

export interface GitInput extends StatusInput {
  readonly statCache: GitIndex;
  readonly ignore: GitIgnore;
  readonly base: IndexFiles;
}

export function gitInput(repository: GitRepository, index: GitIndex, ignore: GitIgnore): GitInput {
  return {
    root: repository.root,
    statCache: index,
    ignore,
    base: new IndexFiles(repository, index),
    rules: treeRules(repository, index),
  };
}

export function treeRules(repository: GitRepository, index: GitIndex): TreeRules {
  const { vfs, root, settings } = repository;
  const excluded = index.nodesWith(GITLINK).map(node => index.path(node));
  return {
    controlDirectory: GIT_DIRECTORY,
    excluded: new Set<BytePath>(excluded),
    traits: { executableBit: settings.executableBit, symlinks: settings.symlinks },
    countsSpecialFiles: true,
    isRepository: directory => isNestedRepository(vfs, root, directory),
    foldsCase: repository.foldsCase,
  };
}
