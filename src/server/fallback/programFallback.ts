// Replaces the live model of an unsupported repository of another system than Mercurial, where programs may run. It
// publishes the answers of the system's program.
import * as path from 'node:path';
import { QuicksilverError } from '../../base/errors.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { Variables } from '../../hgCommand/hgVariables.ts';
import type { StatusProgram } from '../../hgCommand/statusPrograms.ts';
import type { Backend, Lock } from '../../workingCopy/backend.ts';
import { noContent } from '../contents.ts';
import type { ContentAnswer } from '../protocol.ts';
import { AnsweredRepository, isAllowed, type AnsweredOptions, type Asker } from './answeredRepository.ts';

export interface ProgramFallbackOptions extends AnsweredOptions {
  readonly backend: Asker['watched'] & Pick<Backend, 'lock'>;
  readonly program: StatusProgram;
  readonly variables: Variables;
  readonly vfs: Vfs;
}

export class ProgramFallback extends AnsweredRepository {
  constructor(options: ProgramFallbackOptions) {
    const { backend, program, variables, vfs, logger } = options;
    let running = new AbortController();
    super(
      {
        program: program.name,
        ask: async () => {
          const answer = await program.ask({ root: backend.root, variables, signal: running.signal });
          logger.info(`${program.name} status in ${backend.root}: ${answer.kind}`);
          return answer;
        },
        recorded: () => recordedState(backend, vfs),
        head: () => ({ head: undefined, tracked: 0, subrepositories: [] }),
        lock: () => lenient<Lock>('free', () => backend.lock()),
        watched: backend,
        files: () => [],
        isProbe: () => false,
        // The path in a policy is that of hg.
        isSame: (one, other) => isAllowed(one) === isAllowed(other),
        stop: () => {
          running.abort();
          running = new AbortController();
        },
      },
      options,
    );
  }

  override content(): Promise<ContentAnswer> {
    const why = 'Versions of files of an unsupported repository are not available.';
    return Promise.resolve(noContent('unavailable', why));
  }

  override contentInstead(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  protected override changedBases(): readonly string[] {
    return [];
  }
}

/** Returns a text that is another one when one of the system's files is. */
function recordedState(backend: Asker['watched'], vfs: Vfs): string {
  return backend
    .controlDirectories()
    .flatMap(directory => lenient([], () => vfs.list(directory)).map(name => [directory, name] as const))
    .filter(([directory, name]) => backend.isRelevant(directory, name))
    .map(([directory, name]) => stateOf(path.join(directory, name), vfs))
    .join('\n');
}

function stateOf(file: string, vfs: Vfs): string {
  const identity = lenient(undefined, () => vfs.identity(file));
  // The times of a directory change with each lock.
  if (identity === undefined || vfs.isDirectory(file)) return file;
  const { device, inode, size, mtimeNs, ctimeNs } = identity;
  return [file, device, inode, size, mtimeNs, ctimeNs].join(' ');
}

function lenient<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof QuicksilverError)) throw error;
    return otherwise;
  }
}
