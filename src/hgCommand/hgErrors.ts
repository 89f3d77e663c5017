// Finds out why a command of hg failed. From 5.7 on, ui.detailed-exit-code separates some kinds. The others show only
// in hg's English message, because HGPLAIN switches translations off. The table below holds every sentence that other
// code depends on. An unknown message is shown unchanged.
import { withoutSecrets } from './secrets.ts';

export type FailureKind =
  /** Another program holds the lock of the repository. */
  | 'locked'
  | 'hook'
  | 'nothing-changed'
  | 'no-username'
  | 'authentication'
  /** A transplant has stopped, and the user has to finish what it could not apply. */
  | 'to-be-fixed'
  | 'new-heads'
  /** There are uncommitted changes in the way. */
  | 'uncommitted-changes'
  /** A subrepository has some, and is not to be committed. */
  | 'dirty-subrepository'
  /** Another operation was begun and is not finished. */
  | 'unfinished'
  | 'unknown-command'
  /** An earlier command was cut off in the middle; `hg recover` takes back what it had written. */
  | 'abandoned'
  | 'no-space'
  /** A question was not answered. */
  | 'unanswered'
  | 'interrupted'
  | 'other';

export interface HgFailureText {
  readonly kind: FailureKind;
  /** The message of hg without "abort:" and without its hint; '' if there is none. */
  readonly message: string;
  /** hg's advice. */
  readonly hint?: string;
  /** For 'locked': the lock's holder, as "host:process". */
  readonly holder?: string;
}

const SENTENCES: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/timed out waiting for lock held by|: lock held by /, 'locked'],
  [/abandoned transaction found/, 'abandoned'],
  [/\bhook (?:failed|exited with status|was killed|raised an exception)|hook failed\b/, 'hook'],
  [/^nothing changed/m, 'nothing-changed'],
  [/no username (?:supplied|found)|empty username/, 'no-username'],
  [
    // The last alternative is ssh's message. Without the text after it, hg means a file.
    /authorization failed|authorization required|authentication (?:failed|required)|Permission denied(?: \(|, )/,
    'authentication',
  ],
  [/No space left on device|not enough space on the disk|Disk quota exceeded/i, 'no-space'],
  [/fix up the (?:working directory|merge) and run hg transplant/, 'to-be-fixed'],
  [/creates? new remote (?:head|branch)/, 'new-heads'],
  [/uncommitted changes in subrepository /, 'dirty-subrepository'],
  [/uncommitted changes|outstanding (?:local|uncommitted) /, 'uncommitted-changes'],
  [/(?:in progress|interrupted)$|unfinished /m, 'unfinished'],
  [/unknown command|option --?[\w-]+ not recognized|extension .* not found/, 'unknown-command'],
  [/response expected/, 'unanswered'],
  [/^interrupted!?$/m, 'interrupted'],
];

const CODES: Readonly<Record<number, FailureKind>> = { 40: 'hook', 150: 'authentication' };

/** The last lines of a hook give its reason; the others are in the log. */
const MOST_HOOK_LINES = 3;
const MOST_HOOK_CHARACTERS = 300;

/**
 * Returns the last lines that hooks wrote, joined to one line; '' if there are none.
 * @param output the output of a command that writes nothing else
 * @param errors its error output and notes, in which hg marks the lines of remote hooks
 */
export function hookOutput(output: string, errors: string): string {
  const remote = errors.split('\n').flatMap(line => /^remote: (.*)$/.exec(line.trim())?.slice(1) ?? []);
  // Passwords first: a part of one is not known for one.
  const lines = [
    ...withoutSecrets(output)
      .split('\n')
      .map(line => line.trim().replace(/^remote: /, '')),
    ...remote,
  ];
  const said = lines.filter(line => line !== '' && !/^(?:abort|transaction abort!|rollback completed)/.test(line));
  return said.slice(-MOST_HOOK_LINES).join(' · ').slice(0, MOST_HOOK_CHARACTERS);
}

/** Classifies the failure of a command by its exit code; `errors` and `notes` are its output. */
export function failureOf(code: number, errors: string, notes = ''): HgFailureText {
  const said = errors === '' ? notes : errors;
  const lines = said.split('\n').map(line => line.trim());
  const abortAt = lines.findIndex(line => line.startsWith('abort: '));
  const isHint = (line: string): boolean => line.startsWith('(') && line.endsWith(')');
  const hint = lines
    .slice(abortAt + 1)
    .find(isHint)
    ?.slice(1, -1);
  const others = lines.filter(line => line !== '' && line !== `(${hint})`);
  const message = (abortAt < 0 ? others.join(' ') : lines[abortAt]!).replace(/^abort: /, '');
  const kind = SENTENCES.find(([pattern]) => pattern.test(said))?.[1] ?? CODES[code] ?? 'other';
  const holder = kind === 'locked' ? /waiting for lock held by '([^'\n]+)'/.exec(said)?.[1] : undefined;
  return { kind, message, ...(hint !== undefined && { hint }), ...(holder !== undefined && { holder }) };
}
