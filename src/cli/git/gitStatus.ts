// `quicksilver status` in a Git working tree.
import * as nodePath from 'node:path';
import { isAtOrBelow, ROOT_PATH, toDisplay, type BytePath } from '../../base/bytePath.ts';
import { QuicksilverError } from '../../base/errors.ts';
import { silentLogger } from '../../base/log.ts';
import { gitStatus, untrackedSetting, type GitStatusOptions } from '../../backends/git/gitStatus.ts';
import { renameOptions } from '../../backends/git/renameSettings.ts';
import { homeDirectory } from '../../files/environment.ts';
import { Vfs } from '../../files/vfs.ts';
import { gitEnvironment } from '../../git/config/gitConfig.ts';
import { distance } from '../../git/refs/aheadBehind.ts';
import type { GitHead } from '../../git/refs/refs.ts';
import { shortReference, upstreamOf } from '../../git/refs/upstream.ts';
import { findGitRoot } from '../../git/repository/discovery.ts';
import { GitRepository } from '../../git/repository/repository.ts';
import { compileWildcards, matchesWildcards, type Wildcards } from '../../git/wildmatch.ts';
import { createScanners } from '../../status/bulk/createScanners.ts';
import { complain, EXIT_OK, usageError, type CommandIo } from '../io.ts';
import { fromRoot, realPath, relativeTo, vfsPath } from '../pathNames.ts';
import { outcomeLine } from '../statusOutput.ts';
import { GIT_STATUS_HELP, parseGitArguments, type GitArguments } from './gitArguments.ts';
import { writeGitStatus, type BranchLines } from './gitOutput.ts';

/** Exit code 0. Throws QuicksilverErrors. */
export async function gitStatusCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const started = performance.now();
  const parsed = parseGitArguments(args);
  if (parsed.help) {
    io.stdout.write(GIT_STATUS_HELP);
    return EXIT_OK;
  }
  const vfs = new Vfs();
  const cwd = realPath(vfs, nodePath.resolve(io.cwd, parsed.cwd ?? ''));
  const root = rootOf(vfs, cwd, parsed.repository);
  const scanners = createScanners(silentLogger);
  const environment = gitEnvironment(io.environment, homeDirectory());
  const repository = GitRepository.open(root, { vfs, environment, indexOptions: scanners.accelerators });
  const { config } = repository;
  const untracked = parsed.untracked ?? untrackedSetting(config);
  checkPathspecs(parsed.paths, parsed.ignored !== 'no', untracked);
  const selection = selectionOf(vfs, root, cwd, parsed.paths);
  const options: GitStatusOptions = {
    untracked,
    ignored: parsed.ignored,
    renames: renameOptions(config, parsed.renames, io.environment['QUICKSILVER_GIT_RELEASE']),
    ignoreSubmodules: parsed.ignoreSubmodules,
    ...selection,
    bulk: { scanners },
    signal: io.signal,
  };
  if (options.untracked === 'no' && options.ignored === 'matching') {
    throw usageError('--ignored=matching needs untracked files');
  }
  const result = await gitStatus(repository, options).finally(() => scanners.dispose());
  for (const warning of result.warnings) complain(io, `warning: ${warning}`);
  for (const { path, code } of result.unreadable) complain(io, `${toDisplay(path)}: cannot be read (${code})`);
  const isForPeople = isForPeopleIn(parsed);
  const wantsBranch =
    parsed.form === 'json' || (parsed.branch ?? (isForPeople && config.boolean('status.branch', false)));
  const showsStashes = parsed.form === 'v2' && (parsed.stash ?? config.boolean('status.showstash', false));
  const isRelative = parsed.form !== 'v1' && config.boolean('status.relativepaths', true);
  const fromCwd = relativeTo(root, cwd, '/');
  writeGitStatus(
    result.entries,
    {
      form: parsed.form,
      nul: parsed.nul,
      branch: wantsBranch ? branchLines(repository, result.head, parsed) : undefined,
      stashes: showsStashes ? repository.refs.stashCount() : 0,
      display: isRelative ? path => relativePath(path, fromCwd) : path => path,
      quotesBytes: config.boolean('core.quotepath', true),
      digits: repository.format.length * 2,
    },
    io.stdout,
  );
  if (parsed.stats) complain(io, outcomeLine(result.outcome, performance.now() - started));
  return EXIT_OK;
}

function rootOf(vfs: Vfs, cwd: string, named: string | undefined): string {
  const start = named === undefined ? cwd : realPath(vfs, nodePath.resolve(cwd, named));
  const root = findGitRoot(vfs, start);
  if (root === undefined || (named !== undefined && root !== start)) {
    throw new QuicksilverError('not-a-repository', `no Git repository at '${named ?? cwd}' (.git not found)`);
  }
  return root;
}

function branchLines(repository: GitRepository, head: GitHead, parsed: GitArguments): BranchLines {
  const { config, refs } = repository;
  const branch = head.branch?.replace(/^refs\/heads\//, '');
  const upstream = branch === undefined ? undefined : upstreamOf(config, refs, branch);
  const lines = { id: head.id, branch, upstream: upstream && shortReference(refs, upstream.ref) };
  const theirs = upstream?.id;
  if (theirs === undefined || head.id === undefined) return { ...lines, distance: undefined };
  if (theirs === head.id) return { ...lines, distance: 'same' };
  if (repository.store.tryRead(theirs) === undefined) return { ...lines, distance: undefined };
  const counts = parsed.aheadBehind ?? (!isForPeopleIn(parsed) || config.boolean('status.aheadbehind', true));
  const found = counts ? distance(head.id, theirs, repository.ancestry()) : undefined;
  return { ...lines, distance: found ?? 'different' };
}

/** True if settings of the output count: not in the forms for scripts. */
function isForPeopleIn({ form, nul }: GitArguments): boolean {
  return form === 'json' || (form === 'short' && !nul);
}

/** Paths of directories keep their final slash. */
function relativePath(path: BytePath, fromCwd: (path: BytePath) => string): string {
  if (!path.endsWith('/')) return fromCwd(path);
  const shown = fromCwd(path.slice(0, -1) as BytePath);
  return shown === '.' ? './' : `${shown}/`;
}

type PathSelection = Pick<GitStatusOptions, 'paths' | 'isSelected'>;

const WILD = /[*?[\\]/;

/**
 * Throws 'unsupported' where Git's answer depends on which directories it enters because a pattern might match there.
 */
function checkPathspecs(names: readonly string[], ignored: boolean, untracked: GitStatusOptions['untracked']): void {
  for (const name of names) {
    if (name.startsWith(':')) throw new QuicksilverError('unsupported', `${name}: pathspec magic is not supported`);
    if (name === '') throw usageError('an empty path is no pathspec');
  }
  if (!names.some(name => WILD.test(name))) return;
  if (ignored) throw new QuicksilverError('unsupported', 'a pattern is not supported together with --ignored');
  if (untracked === 'normal' && names.length > 1) {
    throw new QuicksilverError('unsupported', 'a pattern and other paths are supported only with -uall or -uno');
  }
}

/**
 * Selects what is at or below the given paths, or matches them: `*` in a path of the command line also matches '/'.
 * A path with a final slash names a directory, not a file.
 */
function selectionOf(vfs: Vfs, root: string, cwd: string, names: readonly string[]): PathSelection {
  if (names.length === 0) return {};
  const isPattern = names.map(name => WILD.test(name));
  if (isPattern.includes(true) && WILD.test(fromRoot(vfs, root, cwd, '.'))) {
    throw new QuicksilverError('unsupported', 'a pattern is not supported in a directory that is named like one');
  }
  const patterns: Wildcards[] = [];
  const paths = names.map(name => fromRoot(vfs, root, cwd, name));
  const prefixes = paths.map((path, i) => {
    const slash = names[i]!.endsWith('/') && path !== ROOT_PATH ? '/' : '';
    if (isPattern[i] === true) patterns.push(compileWildcards(path + slash, false, true));
    return slash !== '' && vfs.lstat(vfsPath(root, path))?.isDirectory() !== true ? `${path}/` : undefined;
  });
  const isSelected = (path: BytePath): boolean => {
    const plain = (path.endsWith('/') ? path.slice(0, -1) : path) as BytePath;
    const isNamed = paths.some((each, i) => {
      const prefix = prefixes[i];
      return prefix === undefined ? isAtOrBelow(plain, each) : path.startsWith(prefix);
    });
    return isNamed || patterns.some(each => matchesWildcards(each, path));
  };
  return { paths: patterns.length > 0 ? [ROOT_PATH] : paths, isSelected };
}
