// `quicksilver status` in a Bazaar or Breezy working tree.
import * as nodePath from 'node:path';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { bazaarStatus, type BazaarStatusResult } from '../../backends/bazaar/bazaarStatus.ts';
import type { BazaarChange } from '../../backends/bazaar/changes.ts';
import { treesOfRevisions } from '../../backends/bazaar/comparedTrees.ts';
import { selectChanges } from '../../backends/bazaar/namedPaths.ts';
import { openStore } from '../../backends/bazaar/pendingMerges.ts';
import { changesBetween } from '../../backends/bazaar/revisionChanges.ts';
import { RevisionNames } from '../../backends/bazaar/revisionSpec.ts';
import { RevisionTree } from '../../backends/bazaar/revisionTree.ts';
import type { BazaarEnvironment } from '../../bazaar/repository/configFiles.ts';
import { findBazaarRoot, readLayout } from '../../bazaar/repository/layout.ts';
import { Vfs } from '../../files/vfs.ts';
import { createScanners } from '../../status/bulk/createScanners.ts';
import { complain, EXIT_OK, EXIT_REFUSED, type CommandIo } from '../io.ts';
import { fromRoot, realPath } from '../pathNames.ts';
import { outcomeLine } from '../statusOutput.ts';
import { bazaarEnvironment, withAlias } from './bazaarEnvironment.ts';
import { BAZAAR_STATUS_HELP, parseBazaarArguments, type BazaarArguments } from './bazaarArguments.ts';
import { writeBazaarStatus, type BazaarForm } from './bazaarOutput.ts';

/** Breezy ends with this code after an error, which a path that does not exist is. */
const EXIT_MISSING = EXIT_REFUSED;

/**
 * Returns exit code 0, or 3 if a named path does not exist. Throws QuicksilverErrors.
 * @param word the command as it was typed
 */
export async function bazaarStatusCommand(args: readonly string[], io: CommandIo, word: string): Promise<number> {
  const started = performance.now();
  const parsed = parseBazaarArguments(withAlias('status', word, args, io));
  if (parsed.help) {
    io.stdout.write(BAZAAR_STATUS_HELP);
    return EXIT_OK;
  }
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, parsed.cwd ?? ''));
  const root = rootOf(vfs, cwd, parsed.repository, parsed.paths);
  const paths = pathsOf(vfs, root, cwd, parsed.paths);
  const environment = bazaarEnvironment(io);
  const { from, to } = rangeOf(parsed);
  if (to !== undefined) return writeRevisions(vfs, root, environment, { from: from!, to, paths }, parsed, io);
  const scanners = createScanners(silentLogger);
  const wantsPending = parsed.pending && parsed.paths.length === 0;
  const result = await bazaarStatus(root, {
    vfs,
    environment,
    paths,
    unknown: !parsed.versioned,
    pending: !wantsPending ? 'no' : parsed.verbose ? 'all' : 'tips',
    since: from,
    bulk: { scanners },
    signal: io.signal,
  }).finally(() => scanners.dispose());
  if (result.isOutOfDate) complain(io, "working tree is out of date, run 'brz update'");
  for (const warning of result.warnings) complain(io, warning);
  for (const { path, code } of result.unreadable) complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  const missing = result.named?.missing ?? [];
  writeBazaarStatus(
    {
      changes: listedChanges(result, parsed, io),
      conflicts: result.conflicts,
      ignored: result.named?.ignored ?? [],
      missing,
      pending: result.pending,
      shelves: result.named === undefined || result.named.missing.length === paths?.length ? result.shelves : 0,
      parents: result.dirstate.tree.parents,
    },
    formOf(parsed, result.ofRevision, io),
    io.stdout,
  );
  const code = exitCodeFor(missing, io);
  if (parsed.stats) complain(io, outcomeLine(result.outcome, performance.now() - started));
  return code;
}

/** The long form of Breezy leaves out links that are gone from a file system which it takes for one without links. */
function listedChanges(
  { changes, dirstate }: BazaarStatusResult,
  { form }: BazaarArguments,
  io: CommandIo,
): readonly BazaarChange[] {
  if (dirstate.executableBit || form !== 'long') return changes;
  return changes.filter(({ before, after }) => {
    const isLeftOut = before?.kind === 'symlink' && after?.kind === undefined;
    if (isLeftOut) complain(io, `${toDisplay(before.path)}: links are not supported on this file system`);
    return !isLeftOut;
  });
}

/** Complains about named paths that do not exist. */
function exitCodeFor(missing: readonly BytePath[], io: CommandIo): number {
  if (missing.length === 0) return EXIT_OK;
  complain(io, `path does not exist: ${missing.map(toDisplay).join(', ')}`);
  return EXIT_MISSING;
}

function formOf(parsed: BazaarArguments, ofRevision: boolean, io: CommandIo): BazaarForm {
  const { form, verbose, showIds, classify, quiet } = parsed;
  return { form, verbose, showIds, classify, quiet, ofRevision, columns: columnsOf(io) };
}

/** The names of two revisions, of one to compare the working tree with, or of none. */
function rangeOf({ revision, change }: BazaarArguments): {
  readonly from: string | undefined;
  readonly to: string | undefined;
} {
  if (change !== undefined) return { from: `before:${change}`, to: change };
  if (revision === undefined) return { from: undefined, to: undefined };
  const dots = revision.indexOf('..');
  if (dots < 0) return { from: revision, to: undefined };
  const [from, to] = [revision.slice(0, dots), revision.slice(dots + 2)];
  if (from === '') throw new QuicksilverError('unsupported', `the revisions '${revision}' are not supported`);
  return { from, to: to === '' ? undefined : to };
}

/** Writes the changes between two revisions, and returns the exit code. */
function writeRevisions(
  vfs: Vfs,
  root: string,
  environment: BazaarEnvironment,
  range: { readonly from: string; readonly to: string; readonly paths: readonly BytePath[] | undefined },
  parsed: BazaarArguments,
  io: CommandIo,
): number {
  const layout = readLayout(vfs, root, environment);
  const store = openStore(vfs, layout);
  const names = new RevisionNames(vfs, store, layout.branchDirectory);
  const before = new RevisionTree(store, names.resolve(range.from));
  const after = new RevisionTree(store, names.resolve(range.to));
  const all = changesBetween(before, after);
  const { paths } = range;
  const { changes, missing } =
    paths === undefined
      ? { changes: all, missing: [] }
      : selectChanges({
          trees: treesOfRevisions(before, after),
          ...{ changes: all, conflicts: [], paths, unknown: false },
        });
  const nothing = { conflicts: [], ignored: [], pending: [], shelves: 0, parents: [] };
  writeBazaarStatus({ changes, missing, ...nothing }, formOf(parsed, false, io), io.stdout);
  return exitCodeFor(missing, io);
}

/** Returns the working tree that -R names, or else the one that holds the first path, which may be a nested one. */
function rootOf(vfs: Vfs, cwd: string, named: BazaarArguments['repository'], paths: readonly string[]): string {
  const start =
    named === undefined ? nodePath.resolve(cwd, paths[0] ?? '') : realPath(vfs, nodePath.resolve(cwd, named));
  const root = findBazaarRoot(vfs, start);
  if (root === undefined || (named !== undefined && root !== start)) {
    throw new QuicksilverError('not-a-repository', `no Bazaar working tree at '${named ?? start}' (.bzr not found)`);
  }
  return realPath(vfs, root);
}

/** Undefined if the whole tree is asked for. */
function pathsOf(vfs: Vfs, root: string, cwd: string, names: readonly string[]): BytePath[] | undefined {
  if (names.length === 0) return undefined;
  const paths = names.map(name => fromRoot(vfs, root, cwd, name));
  return paths.length === 1 && paths[0] === '' ? undefined : paths;
}

const INTEGER = /^\s*[-+]?\d+\s*$/;

/**
 * Breezy cuts lines to BRZ_COLUMNS characters; 0 stands for any length. Without that variable, the terminal's width
 * counts, which COLUMNS overrides.
 */
function columnsOf({ environment, stdout }: CommandIo): number | undefined {
  const widths = [environment['BRZ_COLUMNS'], ...(stdout.isTerminal === true ? [environment['COLUMNS']] : [])];
  const named = widths.find(value => value !== undefined && INTEGER.test(value));
  const columns = named === undefined ? stdout.columns : Number(named);
  return columns !== undefined && columns > 0 ? columns : undefined;
}
