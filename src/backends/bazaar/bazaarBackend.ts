// Bazaar as the live model sees it. Each part of a snapshot is kept as long as the files behind it are unchanged.
import * as path from 'node:path';
import type { BytePath } from '../../base/bytePath.ts';
import type { DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import type { BazaarDirstate } from '../../bazaar/dirstate/bazaarDirstate.ts';
import { diffDirstates } from '../../bazaar/dirstate/diffDirstates.ts';
import { dirstateFile, readDirstate } from '../../bazaar/dirstate/readDirstate.ts';
import { BazaarIgnore } from '../../bazaar/ignore/bazaarIgnore.ts';
import { ignoreFilePaths, readIgnorePatterns } from '../../bazaar/ignore/ignoreFiles.ts';
import type { BazaarEnvironment } from '../../bazaar/repository/configFiles.ts';
import { conflictsFile, readConflicts } from '../../bazaar/repository/conflicts.ts';
import { BAZAAR_DIRECTORY, isBazaarRoot, readLayout, type BazaarLayout } from '../../bazaar/repository/layout.ts';
import { readWithFiles, type FileSet } from '../../files/fileSet.ts';
import { sameIdentity, type Vfs } from '../../files/vfs.ts';
import type { Backend, Head, Lock, MergeState, Snapshot } from '../../workingCopy/backend.ts';
import { bazaarInput, treeRules, type BazaarInput } from './bazaarInput.ts';
import { headOf, mergeStateOf } from './bazaarHead.ts';

export interface BazaarSnapshot extends Snapshot {
  readonly layout: BazaarLayout;
  readonly dirstate: BazaarDirstate;
  readonly input: BazaarInput;
  readonly definition: FileSet;
  readonly ignoreFiles: FileSet;
  readonly conflictFiles: FileSet;
}

export interface BazaarBackendOptions {
  readonly vfs: Vfs;
  readonly environment: BazaarEnvironment;
  /** Sharing of the dirstate's memory between threads. */
  readonly means?: DecodeAccelerators | undefined;
}

/** Names in `.bzr/checkout` whose change can make another snapshot. */
const CHECKOUT_FILES: ReadonlySet<string> = new Set(['dirstate', 'conflicts', 'views', 'format', 'lock']);

export class BazaarBackend implements Backend {
  readonly root: string;
  readonly controlName = BAZAAR_DIRECTORY;
  readonly #options: BazaarBackendOptions;
  readonly #checkout: string;
  #layout: BazaarLayout | undefined;

  constructor(root: string, options: BazaarBackendOptions) {
    this.root = root;
    this.#options = options;
    this.#checkout = path.join(root, BAZAAR_DIRECTORY, 'checkout');
  }

  exists(): boolean {
    return isBazaarRoot(this.#options.vfs, this.root);
  }

  load(previous: Snapshot | undefined): Snapshot {
    const old = previous as BazaarSnapshot | undefined;
    const { layout, definition } = old?.definition.hasChanged() === false ? old : this.#readLayout(old?.definition);
    const kept = old?.layout.hasNested === layout.hasNested ? old : undefined;
    const dirstate = this.#dirstate(layout, kept);
    const { ignore, ignoreFiles } = this.#ignore(kept);
    const { mergeState, conflictFiles } = this.#conflicts(dirstate, kept);
    const isSameInput = dirstate === kept?.dirstate && ignore === kept.input.ignore;
    const input = isSameInput ? kept.input : this.#input(layout, dirstate, ignore, kept);
    const head = sameData(kept?.head, headOf(layout, dirstate));
    const isSame =
      input === old?.input && head === old.head && mergeState === old.mergeState && definition === old.definition;
    if (isSame) return old;
    return {
      layout,
      dirstate,
      input,
      definition,
      ignoreFiles,
      conflictFiles,
      head,
      mergeState,
      warnings: ignore.warnings,
      files: [...new Set([...definition.paths, ...ignoreFiles.paths, ...conflictFiles.paths])],
    } satisfies BazaarSnapshot as Snapshot;
  }

  /** Each command that replaces working files writes the dirstate. */
  isCurrent(snapshot: Snapshot): boolean {
    const { dirstate } = snapshot as BazaarSnapshot;
    return sameIdentity(this.#options.vfs.identity(dirstateFile(this.#checkout)), dirstate.identity);
  }

  changedPaths(from: Snapshot, to: Snapshot): BytePath[] {
    const paths: BytePath[] = [];
    diffDirstates((from as BazaarSnapshot).dirstate, (to as BazaarSnapshot).dirstate, changed => paths.push(changed));
    return paths;
  }

  releaseCaches(): void {
    // A snapshot reads nothing from the store.
  }

  /** Commands that write hold a lock, whose directory is renamed into place. */
  lock(): Lock {
    const held = path.join(this.#checkout, 'lock', 'held');
    return this.#options.vfs.lstat(held) === undefined ? 'free' : 'held';
  }

  controlDirectories(): readonly string[] {
    return [path.join(this.root, BAZAAR_DIRECTORY), this.#checkout, path.join(this.#checkout, 'lock')];
  }

  isRelevant(directory: string, name: string): boolean {
    // Before a repository could be opened, anything may be what was missing.
    if (this.#layout === undefined) return true;
    if (directory === this.#checkout) return CHECKOUT_FILES.has(name);
    if (directory === path.join(this.#checkout, 'lock')) return name === 'held';
    const file = path.join(directory, name);
    return this.#layout.files.includes(file) || this.controlDirectories().includes(file);
  }

  #readLayout(old: FileSet | undefined): Pick<BazaarSnapshot, 'layout' | 'definition'> {
    const { vfs, environment } = this.#options;
    const read = (): BazaarLayout => readLayout(vfs, this.root, environment);
    const { value, files } = readWithFiles(vfs, old?.paths ?? [], read, layout => layout.files);
    this.#layout = value;
    return { layout: value, definition: files };
  }

  #dirstate(layout: BazaarLayout, kept: BazaarSnapshot | undefined): BazaarDirstate {
    if (kept !== undefined && this.isCurrent(kept)) return kept.dirstate;
    const { vfs, means } = this.#options;
    return readDirstate(vfs, {
      root: this.root,
      checkoutDirectory: layout.checkoutDirectory,
      hasColumns: layout.hasNested,
      accelerators: means,
    });
  }

  #ignore(kept: BazaarSnapshot | undefined): { readonly ignore: BazaarIgnore; readonly ignoreFiles: FileSet } {
    if (kept?.ignoreFiles.hasChanged() === false) return { ignore: kept.input.ignore, ignoreFiles: kept.ignoreFiles };
    const { vfs, environment } = this.#options;
    const { value, files } = readWithFiles(
      vfs,
      ignoreFilePaths(vfs, this.root, environment),
      () => readIgnorePatterns(vfs, this.root, environment),
      () => ignoreFilePaths(vfs, this.root, environment),
    );
    return { ignore: new BazaarIgnore(() => value), ignoreFiles: files };
  }

  #conflicts(
    dirstate: BazaarDirstate,
    kept: BazaarSnapshot | undefined,
  ): { readonly mergeState: MergeState | undefined; readonly conflictFiles: FileSet } {
    if (kept?.dirstate === dirstate && !kept.conflictFiles.hasChanged()) return kept as Required<BazaarSnapshot>;
    const { vfs } = this.#options;
    const paths = [conflictsFile(this.#checkout)];
    const { value, files } = readWithFiles(
      vfs,
      paths,
      () => readConflicts(vfs, this.#checkout),
      () => paths,
    );
    return { mergeState: sameData(kept?.mergeState, mergeStateOf(value, dirstate)), conflictFiles: files };
  }

  #input(
    layout: BazaarLayout,
    dirstate: BazaarDirstate,
    ignore: BazaarIgnore,
    kept: BazaarSnapshot | undefined,
  ): BazaarInput {
    const input = bazaarInput(layout, dirstate, ignore);
    const rules = kept?.input.rules ?? treeRules(layout, dirstate);
    return kept?.dirstate === dirstate ? { ...input, rules, base: kept.input.base } : { ...input, rules };
  }
}

function sameData<T extends Head | MergeState | undefined>(old: T | undefined, found: T): T {
  return old !== undefined && JSON.stringify(old) === JSON.stringify(found) ? old : found;
}
