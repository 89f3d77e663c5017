// Which kind of failure a command of hg has met. Exit codes tell some kinds apart (with ui.detailed-exit-code, from 5.7
// on); for the rest there is only what hg says, in English, for HGPLAIN switches translations off. All such sentences that
// anything depends on are in the table here. One that is not recognized is shown as it is.

export type FailureKind =
  /** Another program holds the lock of the repository. */
  | 'locked'
  | 'hook'
  | 'nothing-changed'
  | 'no-username'
  | 'authentication'
  /** A transplant has stopped, for a person to finish what it could not apply. */
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
  /** What hg says, without "abort:" and its hint; '' if it says nothing. */
  readonly message: string;
  /** What hg advises. */
  readonly hint?: string;
  /** Of 'locked': who holds it, as "host:process". */
  readonly holder?: string;
}

const SENTENCES: readonly (readonly [pattern: RegExp, kind: FailureKind])[] = [
  [/timed out waiting for lock held by|: lock held by /, 'locked'],
  [/abandoned transaction found/, 'abandoned'],
  [/\bhook (?:failed|exited with status|was killed|raised an exception)|hook failed\b/, 'hook'],
  [/^nothing changed/m, 'nothing-changed'],
  [/no username (?:supplied|found)|empty username/, 'no-username'],
  [
    // The last one is what ssh says: without what follows it there, a file is meant.
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

/** What a command that ended with this code has met; `errors` and `notes` are what it said. */
export function failureOf(code: number, errors: string, notes = ''): HgFailureText {
  const said = errors === '' ? notes : errors;
  const lines = said.split('\n').map(line => line.trim());
  const abortAt = lines.findIndex(line => line.startsWith('abort: '));
  const message = (abortAt < 0 ? lines.filter(line => line !== '').join(' ') : lines[abortAt]!).replace(/^abort: /, '');
  const hint = lines
    .slice(abortAt + 1)
    .find(line => line.startsWith('(') && line.endsWith(')'))
    ?.slice(1, -1);
  const kind = SENTENCES.find(([pattern]) => pattern.test(said))?.[1] ?? CODES[code] ?? 'other';
  const holder = kind === 'locked' ? /waiting for lock held by '([^'\n]+)'/.exec(said)?.[1] : undefined;
  return { kind, message, ...(hint !== undefined && { hint }), ...(holder !== undefined && { holder }) };
}
