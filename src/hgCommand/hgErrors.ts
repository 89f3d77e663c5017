// Finds out why a command of hg failed. From 5.7 on, ui.detailed-exit-code separates some kinds. The others show only
// in hg's English message, because HGPLAIN switches translations off. The table below holds every sentence that other
// code depends on. An unknown message is shown unchanged.

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
  [/uncommitted changes|outstanding (?:local|uncommitted) /, 'uncommitted-changes'],
  [/(?:in progress|interrupted)$|unfinished /m, 'unfinished'],
  [/unknown command|option --?[\w-]+ not recognized|extension .* not found/, 'unknown-command'],
  [/response expected/, 'unanswered'],
  [/^interrupted!?$/m, 'interrupted'],
];

const CODES: Readonly<Record<number, FailureKind>> = { 40: 'hook', 150: 'authentication' };

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
