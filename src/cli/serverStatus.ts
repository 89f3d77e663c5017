// Asks the shared server for a status, where its answer is what an own scan would give.
import { bytePath, toDisplay, type BytePath } from '../base/bytePath.ts';
import { ANSWER_MS, askServer, CONNECT_MS } from '../daemon/shortClient.ts';
import { isOwnPeer } from '../server/daemon/peerUser.ts';
import type { StatusEntry } from '../status/status.ts';
import type { Status } from '../status/types.ts';
import { STATUS_LETTERS } from '../server/statusLetters.ts';
import type { CommandIo } from './io.ts';
import type { LocatedRepository } from './open.ts';

/** The answer of the server. */
export interface ServedStatus {
  readonly kind: 'served';
  readonly entries: readonly StatusEntry[];
  /** Warnings about ignore files. */
  readonly warnings: readonly string[];
}

/** Why there is no answer, for `--stats`. */
export interface NotServed {
  readonly kind: 'none';
  readonly why: string;
}

/** Which state an answer must be of. */
export interface RecordedState {
  /** Absolute paths of the configured ignore files. */
  readonly ignoreFiles: readonly string[];
  /** In the words of `SnapshotIdentity.statCache`. */
  recordedState(): string;
}

/** The statuses that a live model knows of each path. */
const KNOWN: ReadonlySet<Status> = new Set(['modified', 'added', 'removed', 'deleted', 'unknown']);
const BY_LETTER = new Map(Object.entries(STATUS_LETTERS).map(([status, letter]) => [letter, status as Status]));

/** True if everything that is wanted is known to a server. */
export function canBeServed(wanted: ReadonlySet<Status>): boolean {
  return [...wanted].every(status => KNOWN.has(status));
}

export async function askForStatus(
  place: LocatedRepository,
  recorded: RecordedState,
  io: CommandIo,
): Promise<ServedStatus | NotServed> {
  const identity = place.vfs.targetIdentity(place.root);
  if (identity === undefined) return { kind: 'none', why: 'the root is gone' };
  const id = `${identity.device}:${identity.inode}`;
  const { serverMs = ANSWER_MS } = io;
  // The server refuses in time where it would be late.
  const request = { root: place.root, id, deadline: String(Math.round(0.8 * serverMs)) };
  const connectMs = Math.max(CONNECT_MS, serverMs - ANSWER_MS);
  const asked = await askServer('status', request, io.environment, serverMs, connectMs, isOwnPeer);
  if (asked.kind === 'absent') return { kind: 'none', why: 'no server runs' };
  if (asked.kind === 'silent') return { kind: 'none', why: 'the server did not answer in time' };
  const { kind, fields } = asked.answer;
  const values = new Map<string, string>();
  const warnings: string[] = [];
  const ignoreFiles: string[] = [];
  let at = 0;
  for (; at < fields.length && fields[at] !== 'entries='; at++) {
    const field = fields[at]!;
    const equals = field.indexOf('=');
    const [name, value] = [field.slice(0, equals), toDisplay(field.slice(equals + 1))];
    if (name === 'warning') warnings.push(value);
    else if (name === 'ignore') ignoreFiles.push(value);
    else values.set(name, value);
  }
  if (kind !== 'exact') return { kind: 'none', why: `the server refused: ${values.get('why') ?? kind}` };
  if (!sameTexts(ignoreFiles, recorded.ignoreFiles)) return { kind: 'none', why: 'other ignore files are configured' };
  if (values.get('dirstate') !== recorded.recordedState())
    return { kind: 'none', why: 'the recorded state has changed' };
  const entries = entriesOf(fields.slice(at + 1));
  return entries === undefined ? { kind: 'none', why: 'the answer is damaged' } : { kind: 'served', entries, warnings };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}

function entriesOf(lines: readonly string[]): StatusEntry[] | undefined {
  const entries: StatusEntry[] = [];
  for (const line of lines) {
    const path: BytePath = bytePath(line.slice(2));
    if (line.startsWith('  ')) {
      const last = entries.pop();
      if (last === undefined) return undefined;
      entries.push({ ...last, source: path });
      continue;
    }
    const status = BY_LETTER.get(line[0] ?? '');
    if (status === undefined || line[1] !== ' ') return undefined;
    entries.push({ path, status });
  }
  return entries;
}
