// What hg is told to go on with an operation, or to take it back, and what it says then. Found out with the real program,
// 5.2 to 6.3.
import type { Operation } from '../../../base/repositoryState.ts';
import type { HgCall, HgSetting } from '../../../hgCommand/hgCall.ts';

/** Those that go on by `hg OPERATION --continue`. */
export type Resumable = Extract<Operation, 'rebase' | 'graft' | 'histedit' | 'transplant' | 'unshelve'>;

export const VERDICTS = ['good', 'bad', 'skip'] as const;
export type Verdict = (typeof VERDICTS)[number];

/**
 * Exit codes of an operation that has done what it could: 1, or 240 where kinds of failures are told apart, when there is
 * something for a person to do.
 */
export const STOPPED: readonly number[] = [0, 1, 240];

/** What each of them is called on the command line, where it is an extension that comes with Mercurial. */
const EXTENSIONS = {
  rebase: 'rebase',
  histedit: 'histedit',
  transplant: 'transplant',
  unshelve: 'shelve',
} as const satisfies Partial<Record<Operation, string>>;

export function isResumable(operation: Operation): operation is Resumable {
  return ['rebase', 'graft', 'histedit', 'transplant', 'unshelve'].includes(operation);
}

/** Conflicts that come later become markers, whatever tool the person has set. */
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
 * An update that was interrupted is done again, and merges what is there: files that it had written are equal to what it
 * writes, and others keep what the person has changed.
 * @param state the content of `.hg/updatestate`, the changeset that it was going to, in hexadecimal digits
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

/** Why hg has stopped, if it says so: what a person is to do, without the progress before it. */
export function reasonToStop(said: string): string | undefined {
  const reasons = linesOf(said).filter(line => /^Editing \(|`?hg \w+ --continue|^abort: /.test(line));
  const [first] = reasons.map(line => line.replace(/^abort: /, '').replace(/^\((.*)\)$/, '$1'));
  return first;
}

/** Whether a search has come to its end. What it has found follows on the next lines. */
export function isFound(said: string): boolean {
  return /^(?:The first (?:good|bad) revision is:|Due to skipped revisions, )/m.test(said);
}

/** What a search says, in a line: the changeset and its first line if it has found one, or which is to be tried next. */
export function bisectSentence(said: string): string {
  const wanted = linesOf(said).filter(line =>
    /^(?:The first |Due to skipped |Testing changeset |changeset:|summary:)/.test(line),
  );
  return wanted.map(line => line.replace(/^(?:changeset|summary): +/, '')).join(' ');
}

/** What transplant could not apply lies beside the files. */
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
