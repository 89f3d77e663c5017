// The engine's input, from a Bazaar working tree at one moment.
import { createHash } from 'node:crypto';
import { NO_NODE, type BaseFile, type BaseTree, type StatusInput, type TreeRules } from '../../status/types.ts';
import type { BytePath } from '../../base/bytePath.ts';
import type { ContentSource } from '../../base/fileStat.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import type { BazaarIgnore } from '../../bazaar/ignore/bazaarIgnore.ts';
import { BAZAAR_DIRECTORY, type BazaarLayout } from '../../bazaar/repository/layout.ts';

export interface BazaarInput extends StatusInput {
  readonly statCache: BazaarDirstate;
  readonly ignore: BazaarIgnore;
}

export function bazaarInput(layout: BazaarLayout, dirstate: BazaarDirstate, ignore: BazaarIgnore): BazaarInput {
  const rules = treeRules(layout, dirstate);
  return { root: layout.root, statCache: dirstate, ignore, base: new DirstateBase(dirstate), rules };
}

export function treeRules(layout: BazaarLayout, { executableBit }: BazaarDirstate): TreeRules {
  return {
    controlDirectory: BAZAAR_DIRECTORY,
    excluded: new Set<BytePath>(),
    traits: { executableBit, symlinks: process.platform !== 'win32' },
    versionsDirectories: true,
    hasNested: layout.hasNested,
  };
}

/** The files of the first parent, as the dirstate records them: hashes, and targets of links. No store is read. */
export class DirstateBase implements BaseTree {
  readonly #dirstate: BazaarDirstate;

  constructor(dirstate: BazaarDirstate) {
    this.#dirstate = dirstate;
  }

  find(path: BytePath): BaseFile | undefined {
    const node = this.#dirstate.find(path);
    const entry = node === NO_NODE ? undefined : this.#dirstate.base(node);
    if (entry === undefined || (entry.kind !== 'file' && entry.kind !== 'symlink')) return undefined;
    const { fingerprint } = entry;
    if (entry.kind === 'symlink') {
      return {
        kind: 'symlink',
        revision: `link ${fingerprint}`,
        matches: content => Buffer.concat([...content.chunks()]).toString('latin1') === fingerprint,
      };
    }
    return {
      kind: entry.executable ? 'executable' : 'file',
      revision: fingerprint,
      matches: content => content.size === entry.size && sha1Of(content) === fingerprint,
    };
  }
}

/** Returns the SHA-1 of a content in hexadecimal. Throws if it cannot be read. */
export function sha1Of(content: ContentSource): string {
  const hash = createHash('sha1');
  for (const chunk of content.chunks()) hash.update(chunk);
  return hash.digest('hex');
}
