// `.hgeol` and the extension's note of what it was: which filters are in force, and which recorded stats are void.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import type { FileIdentity, Vfs } from '../../files/vfs.ts';
import type { HgConfig } from '../config/hgConfig.ts';
import { Dirstate } from '../dirstate/dirstate.ts';
import { ENTRY_MASK, HAS_MTIME } from '../dirstate/nodeTable.ts';
import { PatternRoot } from '../ignore/patternRoot.ts';
import { EncodeRules } from './encodeRules.ts';
import { EolRules } from './eolRules.ts';

export const EOL_FILE = '.hgeol';
/** In `.hg`. */
export const EOL_CACHE = 'eol.cache';

const MAX_FILE_BYTES = 1 << 20;

export interface EolPlace {
  readonly vfs: Vfs;
  readonly root: string;
  readonly hgDirectory: string;
  readonly config: HgConfig;
}

interface Known {
  readonly text: string;
  readonly eol: EolRules | undefined;
  /** Made when first asked for: a repository with filters that are programs has a dirstate all the same. */
  filters: { readonly encode: EncodeRules | undefined } | undefined;
}

export class EolState {
  readonly #place: EolPlace;
  readonly #isEnabled: boolean;
  #known: Known | undefined;

  constructor(place: EolPlace) {
    this.#place = place;
    this.#isEnabled = place.config.isExtensionEnabled('eol');
  }

  /** The files that decide about {@link withVoidStats}; none if the extension is not enabled. */
  identities(): (FileIdentity | undefined)[] {
    if (!this.#isEnabled) return [];
    return [this.#eolFile, this.#cacheFile].map(file => this.#place.vfs.targetIdentity(file));
  }

  /** The filters in force; the same object as long as they are the same. Throws as {@link EncodeRules.make} does. */
  encode(): EncodeRules | undefined {
    const known = this.#read();
    known.filters ??= { encode: EncodeRules.make(this.#place.config, known.eol, known.text, this.#root) };
    return known.filters.encode;
  }

  /**
   * Returns the entries without the times of files that `.hgeol` may convert otherwise than when they were recorded:
   * Mercurial compares their contents. It does so if the file is at least as new as its note in `.hg`.
   */
  withVoidStats(dirstate: Dirstate, identity: FileIdentity | undefined): Dirstate {
    const { table } = dirstate;
    const voided = this.#voided();
    const flags = voided === undefined ? table.flags : table.flags.slice();
    for (let node = 0; voided !== undefined && node < table.nodeCount; node++) {
      const own = flags[node]!;
      if ((own & ENTRY_MASK) !== 0 && (own & HAS_MTIME) !== 0 && voided(dirstate.path(node)))
        flags[node] = own & ~HAS_MTIME;
    }
    return new Dirstate(
      { ...table, flags, sourceOffset: undefined },
      {
        p1: dirstate.p1,
        p2: dirstate.p2,
        format: dirstate.format,
        traits: dirstate.traits,
        parentExists: dirstate.showsCopies,
        ignoreHash: dirstate.ignoreHash,
        identity,
      },
    );
  }

  #voided(): ((path: BytePath) => boolean) | undefined {
    const { vfs } = this.#place;
    const { eol } = this.#read();
    const own = vfs.targetIdentity(this.#eolFile);
    if (eol === undefined || own === undefined) return undefined;
    const noted = vfs.targetIdentity(this.#cacheFile);
    if (secondsOf(own) <= 0 || secondsOf(own) < (noted === undefined ? 0 : secondsOf(noted))) return undefined;
    const text = this.#text(this.#cacheFile) ?? '';
    const older = text === '' ? undefined : EolRules.parse(text, this.#root);
    return path => eol.differsFrom(older, path);
  }

  #read(): Known {
    const text = this.#isEnabled ? this.#text(this.#eolFile) : undefined;
    const key = text ?? '\0';
    if (this.#known?.text === key) return this.#known;
    const eol = text === undefined ? undefined : EolRules.parse(text, this.#root);
    this.#known = { text: key, eol, filters: undefined };
    return this.#known;
  }

  #text(file: string): string | undefined {
    return this.#place.vfs.read(file, MAX_FILE_BYTES)?.bytes.toString('latin1');
  }

  get #root(): PatternRoot {
    return new PatternRoot(this.#place.vfs, this.#place.root);
  }

  get #eolFile(): string {
    return path.join(this.#place.root, EOL_FILE);
  }

  get #cacheFile(): string {
    return path.join(this.#place.hgDirectory, EOL_CACHE);
  }
}

/** As Python's `os.path.getmtime`, whose rounding decides between two times. */
function secondsOf({ mtimeNs }: FileIdentity): number {
  return Number(mtimeNs / 1_000_000_000n) + 1e-9 * Number(mtimeNs % 1_000_000_000n);
}
