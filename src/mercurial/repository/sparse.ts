// Sparse checkouts and narrow clones: the files that decide which part of a repository a working copy has.
import * as path from 'node:path';
import { bytePath, toDisplay } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import { PatternRoot } from '../ignore/patternRoot.ts';
import type { Store } from '../store/store.ts';
import {
  compileScope,
  intersectionOf,
  parseScopeConfig,
  sameScope,
  scopeOfNames,
  unionOf,
  type PathScope,
} from './pathScope.ts';

/** Everything that the scope of a working copy depends on. */
export interface ScopeSource {
  readonly vfs: Vfs;
  /** The root of the working copy. */
  readonly root: string;
  readonly hgDirectory: string;
  readonly storeDirectory: string;
  readonly requirements: ReadonlySet<string>;
  /** The history, for profiles. */
  readonly store: () => Store;
}

export const SPARSE = 'exp-sparse';
export const NARROW = 'narrowhg-experimental';

/** Files in `.hg` that decide about the scope. */
export const SCOPE_FILES: readonly string[] = ['sparse', 'tempsparse', 'narrowspec.dirstate'];
/** The file in the store that decides about it. */
export const NARROW_FILE = 'narrowspec';

const MAX_FILE_BYTES = 16 << 20;
/** More profiles than any repository has. */
const MAX_PROFILES = 10_000;
/** Mercurial's own files are in every sparse checkout that includes something. */
const OWN_FILES = '.hg*';

/** Keeps the scope for as long as its files and the parents are the same. */
export class ScopeReader {
  readonly #source: ScopeSource;
  #known: { readonly key: string; readonly scope: PathScope | undefined } | undefined;

  constructor(source: ScopeSource) {
    this.#source = source;
  }

  /**
   * Returns the scope of the working copy; undefined if it has everything. As long as nothing of it changes, the answer
   * is one object. Throws 'invalid-config' where Mercurial aborts, 'unsupported', or what reading throws.
   * @param parentsOf returns the parents of the working copy that the history has
   */
  read(parentsOf: () => readonly string[]): PathScope | undefined {
    const { requirements } = this.#source;
    const isSparse = requirements.has(SPARSE);
    const isNarrow = requirements.has(NARROW);
    if (!isSparse && !isNarrow) return undefined;
    const sparse = isSparse ? this.#text('sparse') : '';
    const temporary = isSparse ? this.#text('tempsparse') : '';
    const narrow = isNarrow ? this.#narrowText() : '';
    const parents = isSparse ? parentsOf() : [];
    const key = JSON.stringify([parents, sparse, temporary, narrow]);
    if (this.#known?.key === key) return this.#known.scope;
    const sparseScope = isSparse ? this.#sparse(sparse, temporary, parents) : undefined;
    const narrowScope = isNarrow ? narrowScopeOf(narrow, this.#root) : undefined;
    const scope =
      sparseScope !== undefined && narrowScope !== undefined
        ? intersectionOf(sparseScope, narrowScope)
        : (sparseScope ?? narrowScope);
    this.#known = { key, scope };
    return scope;
  }

  /** Returns the part of the history that a narrow clone has; undefined if it has all. Throws as {@link read} does. */
  narrow(): PathScope | undefined {
    return this.#source.requirements.has(NARROW) ? narrowScopeOf(this.#narrowText(), this.#root) : undefined;
  }

  get #root(): PatternRoot {
    return new PatternRoot(this.#source.vfs, this.#source.root);
  }

  /** Mercurial's rules: those of each parent, and the temporary ones; the profiles are read from the parent. */
  #sparse(text: string, temporary: string, parents: readonly string[]): PathScope | undefined {
    const scopes: PathScope[] = [];
    for (const parent of parents) {
      const rules = text === '' ? { includes: [], excludes: [] } : this.#withProfiles(text, parent);
      if (rules.includes.length > 0 || rules.excludes.length > 0) scopes.push(compileScope(rules, this.#root));
    }
    if (scopes.length === 0) return undefined;
    const names = new Set(temporary.split('\n').filter(name => name !== ''));
    if (names.size > 0) scopes.push(scopeOfNames(names));
    return unionOf(scopes);
  }

  #withProfiles(text: string, parent: string): { includes: string[]; excludes: string[] } {
    const file = path.join(this.#source.hgDirectory, 'sparse');
    const own = parseScopeConfig(text, file);
    const includes = new Set(own.includes);
    const excludes = new Set(own.excludes);
    const visited = new Set<string>();
    const pending = [...own.profiles];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (visited.has(name)) continue;
      visited.add(name);
      if (visited.size > MAX_PROFILES)
        throw new QuicksilverError('unsupported', `${file}: too many profiles`, { file });
      const content = this.#source.store().baseTree(parent).find(bytePath(name))?.content();
      // Mercurial skips a profile that the parent lacks.
      if (content === undefined) continue;
      const profile = parseScopeConfig(content.toString('latin1'), toDisplay(bytePath(name)));
      for (const each of profile.includes) includes.add(each);
      for (const each of profile.excludes) excludes.add(each);
      pending.push(...profile.profiles);
    }
    if (includes.size > 0) includes.add(OWN_FILES);
    return { includes: [...includes], excludes: [...excludes] };
  }

  /** Mercurial aborts if working copy and store have different patterns; before 7.2, if they have different texts. */
  #narrowText(): string {
    const { vfs, hgDirectory, storeDirectory } = this.#source;
    const text = this.#text('narrowspec.dirstate');
    const file = path.join(storeDirectory, NARROW_FILE);
    const stored = vfs.read(file, MAX_FILE_BYTES)?.bytes.toString('latin1') ?? '';
    if (stored !== text && !sameScope(parseScopeConfig(stored, NARROW_FILE), parseScopeConfig(text, NARROW_FILE))) {
      throw new QuicksilverError('invalid-config', "working copy's narrowspec is stale", {
        file: path.join(hgDirectory, 'narrowspec.dirstate'),
      });
    }
    return text;
  }

  #text(name: string): string {
    const { vfs, hgDirectory } = this.#source;
    return vfs.read(path.join(hgDirectory, name), MAX_FILE_BYTES)?.bytes.toString('latin1') ?? '';
  }
}

/** Without includes nothing is included. */
function narrowScopeOf(text: string, root: PatternRoot): PathScope {
  const { includes, excludes, profiles } = parseScopeConfig(text, NARROW_FILE);
  if (profiles.length > 0) throw new QuicksilverError('invalid-config', 'a narrow specification includes another file');
  for (const pattern of [...includes, ...excludes]) {
    if (pattern.startsWith('path:') || pattern.startsWith('rootfilesin:')) continue;
    const shown = toDisplay(bytePath(pattern));
    throw new QuicksilverError('invalid-config', `invalid prefix on narrow pattern: ${shown}`);
  }
  if (includes.length === 0) return { matches: () => false };
  return compileScope({ includes, excludes }, root);
}
