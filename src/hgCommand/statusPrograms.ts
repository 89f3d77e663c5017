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
    return answerOf(await runProcess({ hg: brz, args: BRZ_STATUS, cwd: root, variables: own, signal }));
  },
};

function answerOf(result: HgResult): HgStatusAnswer {
  if (result.kind === 'unavailable') return result;
  if (result.kind === 'stopped') return { kind: 'failed', message: result.message };
  if (result.code !== 0) return { kind: 'failed', message: result.errors || `brz status: exit code ${result.code}` };
  const entries = parseBrzStatus(result.output.toString('latin1'));
  return entries === undefined
    ? { kind: 'failed', message: 'brz status wrote a line that cannot be read: a name may have a line break.' }
    : { kind: 'answer', entries };
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
