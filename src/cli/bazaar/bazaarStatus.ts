// `quicksilver status` in a Bazaar or Breezy working tree.
import * as os from 'node:os';
import * as nodePath from 'node:path';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { bazaarStatus } from '../../backends/bazaar/bazaarStatus.ts';
import type { BazaarEnvironment } from '../../bazaar/repository/configFiles.ts';
import { findBazaarRoot } from '../../bazaar/repository/layout.ts';
import { Vfs } from '../../files/vfs.ts';
import { createScanners } from '../../status/bulk/createScanners.ts';
import { complain, EXIT_OK, EXIT_REFUSED, type CommandIo } from '../io.ts';
import { fromRoot, realPath } from '../pathNames.ts';
import { outcomeLine } from '../statusOutput.ts';
import { BAZAAR_STATUS_HELP, parseBazaarArguments, type BazaarArguments } from './bazaarArguments.ts';
import { writeBazaarStatus } from './bazaarOutput.ts';

/** Breezy ends with this code after an error, which a path that does not exist is. */
const EXIT_MISSING = EXIT_REFUSED;

/** Exit code 0, or 3 if a named path does not exist. Throws QuicksilverErrors. */
export async function bazaarStatusCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const started = performance.now();
  const parsed = parseBazaarArguments(args);
  if (parsed.help) {
    io.stdout.write(BAZAAR_STATUS_HELP);
    return EXIT_OK;
  }
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, parsed.cwd ?? ''));
  const root = rootOf(vfs, cwd, parsed.repository);
  const paths = pathsOf(vfs, root, cwd, parsed.paths);
  const scanners = createScanners(silentLogger);
  const environment: BazaarEnvironment = { variables: io.environment, homeDirectory: homeOf(io) };
  const wantsPending = parsed.pending && parsed.paths.length === 0;
  const result = await bazaarStatus(root, {
    vfs,
    environment,
    paths,
    unknown: !parsed.versioned,
    pending: !wantsPending ? 'no' : parsed.verbose ? 'all' : 'tips',
    bulk: { scanners },
    signal: io.signal,
  }).finally(() => scanners.dispose());
  if (result.isOutOfDate) complain(io, "working tree is out of date, run 'brz update'");
  for (const warning of result.warnings) complain(io, warning);
  for (const { path, code } of result.unreadable) complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  const missing = result.named?.missing ?? [];
  writeBazaarStatus(
    {
      changes: result.changes,
      conflicts: result.conflicts,
      ignored: result.named?.ignored ?? [],
      missing,
      pending: result.pending,
      shelves: result.named === undefined || result.named.missing.length === paths?.length ? result.shelves : 0,
      parents: result.dirstate.tree.parents,
    },
    {
      form: parsed.form,
      verbose: parsed.verbose,
      showIds: parsed.showIds,
      classify: parsed.classify,
      quiet: parsed.quiet,
      columns: columnsOf(io),
    },
    io.stdout,
  );
  if (missing.length > 0) complain(io, `path does not exist: ${missing.map(toDisplay).join(', ')}`);
  if (parsed.stats) complain(io, outcomeLine(result.outcome, performance.now() - started));
  return missing.length > 0 ? EXIT_MISSING : EXIT_OK;
}

function homeOf(io: CommandIo): string {
  return io.environment['HOME'] ?? os.homedir();
}

function rootOf(vfs: Vfs, cwd: string, named: BazaarArguments['repository']): string {
  const start = named === undefined ? cwd : realPath(vfs, nodePath.resolve(cwd, named));
  const root = findBazaarRoot(vfs, start);
  if (root === undefined || (named !== undefined && root !== start)) {
    throw new QuicksilverError('not-a-repository', `no Bazaar working tree at '${named ?? cwd}' (.bzr not found)`);
  }
  return root;
}

/** Undefined if the whole tree is asked for. */
function pathsOf(vfs: Vfs, root: string, cwd: string, names: readonly string[]): BytePath[] | undefined {
  if (names.length === 0) return undefined;
  const paths = names.map(name => fromRoot(vfs, root, cwd, name));
  return paths.length === 1 && paths[0] === '' ? undefined : paths;
}

/** Breezy cuts lines to BRZ_COLUMNS characters; 0 stands for any length. */
function columnsOf(io: CommandIo): number | undefined {
  const columns = Number(io.environment['BRZ_COLUMNS']);
  return Number.isInteger(columns) && columns > 0 ? columns : undefined;
}
