// `quicksilver cat` in a Bazaar or Breezy working tree: a file as of a revision, as `brz cat` prints it.
import * as nodePath from 'node:path';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { openStore } from '../../backends/bazaar/pendingMerges.ts';
import { RevisionNames } from '../../backends/bazaar/revisionSpec.ts';
import { RevisionTree } from '../../backends/bazaar/revisionTree.ts';
import { readDirstate } from '../../bazaar/dirstate/readDirstate.ts';
import { findBazaarRoot, readLayout, type BazaarLayout } from '../../bazaar/repository/layout.ts';
import type { InventoryEntry } from '../../bazaar/store/inventory.ts';
import { Vfs } from '../../files/vfs.ts';
import type { ParsedArguments } from '../arguments.ts';
import { EXIT_OK, usageError, type CommandIo } from '../io.ts';
import { fromRoot, realPath } from '../pathNames.ts';
import { bazaarEnvironment } from './bazaarEnvironment.ts';

/** Bytes that are written at once. */
const PIECE_BYTES = 1 << 20;

/**
 * Exit code 0. Without --rev, the revision is the last one of the branch. A path names the file that the working tree
 * has there, or else the one that the revision has there. Throws QuicksilverErrors.
 */
export function bazaarCat(args: ParsedArguments, io: CommandIo): number {
  const [name, ...others] = args.positionals;
  if (name === undefined || others.length > 0) throw usageError('cat needs one path in a Bazaar working tree');
  if (args.repeated.size > 0) throw usageError('patterns are not supported in a Bazaar working tree');
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, args.values.get('cwd') ?? ''));
  const start = realPath(vfs, nodePath.resolve(cwd, args.values.get('repository') ?? ''));
  const root = findBazaarRoot(vfs, start);
  if (root === undefined) throw new QuicksilverError('not-a-repository', `no Bazaar working tree at '${start}'`);
  const layout = readLayout(vfs, root, bazaarEnvironment(io));
  const store = openStore(vfs, layout);
  const revision = args.values.get('rev') ?? '-1';
  const tree = new RevisionTree(store, new RevisionNames(vfs, store, layout.branchDirectory).resolve(revision));
  const path = fromRoot(vfs, root, cwd, name);
  const entry = entryAt(vfs, layout, tree, path);
  if (entry === undefined) {
    throw new QuicksilverError('unknown-revision', `${toDisplay(path)} is not in revision ${revision}`);
  }
  if (entry.kind === 'directory' || entry.kind === 'tree-reference') {
    throw usageError(`${toDisplay(path)} is a directory in revision ${revision}`);
  }
  const text = entry.kind === 'file' ? store.read('tix', `${entry.fileId}\0${entry.revision}`) : Buffer.alloc(0);
  if (text === undefined) {
    throw new QuicksilverError('corrupt', `${layout.root}: the text of ${toDisplay(path)} is missing`);
  }
  for (let at = 0; at < text.length; at += PIECE_BYTES) io.stdout.write(text.toString('latin1', at, at + PIECE_BYTES));
  return EXIT_OK;
}

function entryAt(vfs: Vfs, layout: BazaarLayout, tree: RevisionTree, path: BytePath): InventoryEntry | undefined {
  const { root, checkoutDirectory } = layout;
  const dirstate = readDirstate(vfs, { root, checkoutDirectory, hasColumns: false });
  const node = dirstate.find(path);
  const own = node >= 0 && dirstate.isLive(node) ? tree.entry(dirstate.fileId(node)) : undefined;
  return own ?? tree.all().find(entry => tree.path(entry) === path);
}
