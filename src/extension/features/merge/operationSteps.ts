// The commands that continue or abort an operation, and their output. Verified with the real program, 5.2 to 6.3.
import type { Operation } from '../../../base/repositoryState.ts';
import type { HgCall, HgSetting } from '../../../hgCommand/hgCall.ts';

/** Those that go on by `hg OPERATION --continue`. */
export type Resumable = Extract<Operation, 'rebase' | 'graft' | 'histedit' | 'transplant' | 'unshelve'>;

export const VERDICTS = ['good', 'bad', 'skip'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Exit codes of an operation that did what it could. The user has something to do after a 1, or a 240 with detailed
 * exit codes.
 */
export const STOPPED: readonly number[] = [0, 1, 240];

/** The name of the extension for each command that needs one; they all come with Mercurial. */
const EXTENSIONS = {
  rebase: 'rebase',
  histedit: 'histedit',
  transplant: 'transplant',
  unshelve: 'shelve',
} as const satisfies Partial<Record<Operation, string>>;

export function isResumable(operation: Operation): operation is Resumable {
  return ['rebase', 'graft', 'histedit', 'transplant', 'unshelve'].includes(operation);
}

/** Later conflicts become markers, whatever merge tool the user has configured. */
export function continueCall(operation: Resumable): HgCall {
  const settings = [...switchedOn(operation), 'ui.merge=internal:merge'] as const;
  return { verb: operation, settings, options: ['--continue'] };
}

export function abortCall(operation: Operation): HgCall {
  switch (operation) {
    case 'merge':
      return { verb: 'merge', options: ['--abort'] };
    case 'update':
      return { verb: 'update', options: ['--clean', ['--rev', '.']] };
    case 'bisect':
      return { verb: 'bisect', options: ['--reset'] };
    // It has no --abort: this forgets it, and goes back to the last changeset that was made.
    case 'transplant':
      return { verb: 'transplant', settings: switchedOn(operation), options: ['--stop'] };
    case 'cherryPick':
    case 'revert':
    case 'applyPatches':
      throw new Error(`${operation} is no operation of Mercurial.`);
    case 'rebase':
    case 'graft':
    case 'histedit':
    case 'unshelve':
      return { verb: operation, settings: switchedOn(operation), options: ['--abort'] };
  }
}

export function verdictCall(verdict: Verdict): HgCall {
  return { verb: 'bisect', options: [`--${verdict}`] };
}

/**
 * Repeats an interrupted update, and merges with the files that are there. Files that it had written equal what it
 * writes again; others keep the user's changes.
 *
 * @param state the content of `.hg/updatestate`: the target changeset in hexadecimal digits
 */
export function finishUpdateCall(state: string): HgCall {
  const node = state.trim();
  const revision = /^[0-9a-f]{40}$/.test(node) ? node : '.';
  return { verb: 'update', options: ['--merge', '--tool=internal:merge', ['--rev', revision]] };
}

/** Sentences of hg about changesets that were left out, which nobody would see otherwise. */
export function leftOut(said: string): string[] {
  return linesOf(said).filter(line => line.startsWith('note: ') || /skipp(?:ed|ing) /.test(line));
}

/** Returns why hg has stopped, if its output contains it: what the user has to do, without the progress before it. */
export function reasonToStop(said: string): string | undefined {
  const reasons = linesOf(said).filter(line => /^Editing \(|`?hg \w+ --continue|^abort: /.test(line));
  const [first] = reasons.map(line => line.replace(/^abort: /, '').replace(/^\((.*)\)$/, '$1'));
  return first;
}

/** True if a bisection has ended. The following lines contain its result. */
export function isFound(said: string): boolean {
  return /^(?:The first (?:good|bad) revision is:|Due to skipped revisions, )/m.test(said);
}

/** Returns one line about a bisection: the changeset found with its first line, or the next one to try. */
export function bisectSentence(said: string): string {
  const wanted = linesOf(said).filter(line =>
    /^(?:The first |Due to skipped |Testing changeset |changeset:|summary:)/.test(line),
  );
  return wanted.map(line => line.replace(/^(?:changeset|summary): +/, '')).join(' ');
}

/** Returns the hunks that transplant could not apply; they lie beside the files. */
export function rejects(untracked: Iterable<string>): string[] {
  return [...untracked].filter(path => path.endsWith('.rej')).sort();
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}

function switchedOn(operation: Operation): readonly HgSetting[] {
  const extension = operation in EXTENSIONS ? EXTENSIONS[operation as keyof typeof EXTENSIONS] : undefined;
  return extension === undefined ? [] : [`extensions.${extension}=`];
}
