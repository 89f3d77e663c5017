// Programs of other systems than Mercurial that answer for a status, in a workspace that the user trusts. All words of
// their command lines are constants.
import type { Variables } from './hgVariables.ts';
import { bytePath } from '../base/bytePath.ts';
import type { HgResult } from './hgResult.ts';
import type { HgStatusAnswer, HgStatusEntry } from './hgStatus.ts';
import { constantArguments } from './constantArguments.ts';
import { findProgram } from './hgExecutable.ts';
import { runProcess } from './runProcess.ts';

export interface StatusQuestion {
  /** Absolute path of the working tree. */
  readonly root: string;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

/** A program that knows the status of working trees of one system. */
export interface StatusProgram {
  readonly name: string;
  /** Runs the program in the root. Never rejects. Entries have the letters of `hg status`. */
  ask(question: StatusQuestion): Promise<HgStatusAnswer>;
}

/** Where programs are for a process that was not started from a shell. */
const USUAL_PLACES = ['/opt/homebrew/bin', '/opt/local/bin', '/usr/local/bin', '/usr/bin'];

/** Breezy records no stats: it writes nothing. */
const BRZ_STATUS = constantArguments(
  '--no-aliases',
  '-Obzr.workingtree.worth_saving_limit=-1',
  'status',
  '--short',
  '--no-classify',
  '--no-pending',
);

export const BRZ: StatusProgram = {
  name: 'brz',
  ask: async ({ root, variables, signal }) => {
    const brz = findProgram('brz', variables, USUAL_PLACES);
    if (brz === undefined) return { kind: 'unavailable', message: 'Breezy (brz) was not found.' };
    const own = { ...variables, BRZ_LOG: '/dev/null', BRZ_PROGRESS_BAR: 'none' };
    const result = await runProcess({ hg: brz, args: BRZ_STATUS, cwd: root, variables: own, signal });
    return answerOf(result, 'brz', parseBrzStatus);
  },
};

/** Writes nothing, and starts no monitor of files. Filters of the configuration run: they decide about contents. */
const GIT_STATUS = constantArguments(
  '--no-optional-locks',
  '-c',
  'core.fsmonitor=false',
  'status',
  '--porcelain=v2',
  '-z',
  '--untracked-files=all',
  '--ignored=no',
  '--no-renames',
);

/** Variables that would make git answer for another repository. */
const GIT_PLACES = [
  'GIT_DIR',
  'GIT_COMMON_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
  'GIT_CEILING_DIRECTORIES',
];

export const GIT: StatusProgram = {
  name: 'git',
  ask: async ({ root, variables, signal }) => {
    const git = findProgram('git', variables, USUAL_PLACES);
    if (git === undefined) return { kind: 'unavailable', message: 'Git was not found.' };
    const own = Object.fromEntries(Object.entries(variables).filter(([name]) => !GIT_PLACES.includes(name)));
    const asked = { hg: git, args: GIT_STATUS, cwd: root, variables: { ...own, GIT_TERMINAL_PROMPT: '0' }, signal };
    return answerOf(await runProcess(asked), 'git', parseGitStatus);
  },
};

function answerOf(
  result: HgResult,
  program: string,
  parse: (output: string) => HgStatusEntry[] | undefined,
): HgStatusAnswer {
  if (result.kind === 'unavailable') return result;
  if (result.kind === 'stopped') return { kind: 'failed', message: result.message };
  if (result.code !== 0) {
    return { kind: 'failed', message: result.errors || `${program} status: exit code ${result.code}` };
  }
  const entries = parse(result.output.toString('latin1'));
  return entries === undefined
    ? { kind: 'failed', message: `${program} status wrote a line that cannot be read: a name may have a line break.` }
    : { kind: 'answer', entries };
}

/**
 * Parses what `git status --porcelain=v2 -z --no-renames` wrote. A path has one letter: that of the working tree, or
 * else that of the index. Other repositories are left out. Returns undefined for a record that is none.
 */
export function parseGitStatus(output: string): HgStatusEntry[] | undefined {
  const entries = new Map<string, string>();
  for (const record of output.split('\0').slice(0, -1)) {
    const change = /^1 ([.MTAD])([.MTAD]) (?:\S+ ){6}(.+)$/s.exec(record);
    const conflict = /^u (?:\S+ ){9}(.+)$/s.exec(record);
    const untracked = /^\? (.+)$/s.exec(record);
    if (change !== null) entries.set(change[3]!, letterOfGit(change[1]!, change[2]!));
    else if (conflict !== null) entries.set(conflict[1]!, 'M');
    else if (untracked === null) return undefined;
    else if (!untracked[1]!.endsWith('/') && !entries.has(untracked[1]!)) entries.set(untracked[1]!, '?');
  }
  return [...entries].map(([path, status]) => ({ path: bytePath(path), status }));
}

function letterOfGit(staged: string, working: string): string {
  if (working === 'D') return '!';
  if (staged === 'A' || working === 'A') return 'A';
  return staged === 'D' ? 'R' : 'M';
}

const ARROW = ' => ';
const SHELVES = /^\d+ shel(?:f exists|ves exist)\./;

/**
 * Parses what `brz status --short --no-classify` wrote: three letters, a blank, and one or two paths. Returns undefined
 * for a line that is none, or has more than one meaning.
 */
export function parseBrzStatus(output: string): HgStatusEntry[] | undefined {
  const entries: HgStatusEntry[] = [];
  for (const line of output.split('\n').slice(0, -1)) {
    if (SHELVES.test(line) || line.startsWith('C   ')) continue;
    const row = /^([-+R? ])([ND!KM ])([* ]) (.+)$/s.exec(line);
    if (row === null) return undefined;
    const [, tree, change, , text] = row as unknown as [string, string, string, string, string];
    const names = tree === 'R' || change === 'K' ? text.split(ARROW) : [text];
    if (names.length > 2 || (tree === 'R' && names.length !== 2)) return undefined;
    const path = bytePath(names.at(-1)!);
    const status = letterOf(tree, change);
    entries.push(tree === 'R' && status === 'A' ? { path, status, source: bytePath(names[0]!) } : { path, status });
  }
  return entries;
}

function letterOf(tree: string, change: string): string {
  if (tree === '?') return '?';
  if (tree === '-') return 'R';
  if (change === '!' || change === 'D') return '!';
  return tree === ' ' ? 'M' : 'A';
}
