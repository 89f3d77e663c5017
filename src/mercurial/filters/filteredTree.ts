// The files of the first parent, compared with working files as filters make them.
import type { ContentSource } from '../../base/fileStat.ts';
import type { LargeBaseFile, LargefilesTree } from '../repository/largefiles.ts';
import type { StoreFile } from '../store/store.ts';
import { filtered, type EncodeRules } from './encodeRules.ts';
import type { Filter } from './lineEnds.ts';

/** Returns the tree, whose files match a working file if the filtered content is theirs. */
export function filteredTree(tree: LargefilesTree, rules: EncodeRules): LargefilesTree {
  return {
    get warning() {
      return tree.warning;
    },
    release: () => tree.release(),
    find: path => {
      const file = tree.find(path);
      const filter = file === undefined || file.kind === 'any' ? undefined : rules.filterFor(path);
      return filter === undefined || file === undefined ? file : filteredFile(file, filter, rules.version);
    },
  };
}

function filteredFile(file: StoreFile | LargeBaseFile, filter: Filter, version: string): StoreFile {
  return {
    kind: file.kind === 'any' ? 'file' : file.kind,
    revision: file.revision,
    comparedAs: `${file.revision} ${version}`,
    matches: (content: ContentSource) => file.matches(filtered(content, filter)),
    content: () => file.content(),
  };
}
