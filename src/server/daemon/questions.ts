// A question about one repository, in whichever form it came: checks it, finds the model, and brings that up to date.
import { isAbsolute } from 'node:path';
import { systemsOf } from '../../backends/systems.ts';
import type { SystemKind } from '../../base/repositoryState.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { SharedRepository } from '../hub.ts';
import type { ChangeRing } from './changeRing.ts';
import { usesUnsentVariables } from './clientEnvironment.ts';
import {
  refused,
  settleExactly,
  settlePaths,
  type Exactness,
  type PathExactness,
  type Refused,
} from './exactStatus.ts';
import type { Models } from './models.ts';

const DEFAULT_DEADLINE_MS = 200;
const LONGEST_DEADLINE_MS = 60_000;

/** The client's words. */
export interface Asked {
  readonly root: string;
  /** 'DEVICE:INODE' of the root as the client sees it. */
  readonly rootId: string;
  /** A kind of system. Not given: Mercurial. */
  readonly system: string | undefined;
  /** The client's mount namespace. */
  readonly mount: string | undefined;
  /** Milliseconds; anything but a positive number stands for the default. */
  readonly deadline: number | undefined;
  readonly environment: ProcessEnvironment;
}

export interface QuestionContext {
  readonly vfs: Vfs;
  readonly models: Models;
  /** The server's mount namespace. */
  readonly mount: string;
}

/** Answers are made from it. */
export interface FileQuestion {
  readonly repository: SharedRepository;
  readonly exactness: Exactness | PathExactness;
  readonly changes: ChangeRing;
  readonly vfs: Vfs;
}

/** Answers about the status are made from it. */
export interface ExactQuestion extends FileQuestion {
  readonly exactness: Exactness;
}

const UNSENT: Refused = { kind: 'refused', why: 'the configuration uses other variables' };
const ONLY_PATHS: Refused = { kind: 'refused', why: 'only the status of Mercurial repositories is exact' };

/** Returns the system of the repository that a client names, or why it is none for this server. */
export function systemOf(
  { root, system: name = 'hg', mount }: Pick<Asked, 'root' | 'system' | 'mount'>,
  { vfs, mount: ownMount }: QuestionContext,
): { readonly kind: SystemKind } | Refused {
  const [system] = systemsOf([name]);
  if (mount !== ownMount) return refused('the client sees other mounts');
  if (!isAbsolute(root) || root.includes('\ufffd') || vfs.realPath(root) !== root) {
    return refused('the root is no absolute path without symbolic links');
  }
  if (system?.isRepository(vfs, `${root}/${system.controlName}`) !== true) return refused('there is no repository');
  return { kind: system.kind };
}

/** Asks a model. `answer` makes the answer from it before it gives way to others. */
export async function ask<T>(
  asked: Asked,
  context: QuestionContext,
  answer: (question: FileQuestion) => T | Refused,
): Promise<T | Refused> {
  const { vfs, models } = context;
  const { root, rootId, environment } = asked;
  const system = systemOf(asked, context);
  if (system.kind === 'refused') return system;
  const { deadline = 0 } = asked;
  const milliseconds = Math.min(deadline > 0 ? deadline : DEFAULT_DEADLINE_MS, LONGEST_DEADLINE_MS);
  return models.ask({ root, system: system.kind, environment }, async ({ repository, facts, changes }) => {
    if (repository.rootId !== rootId) models.forget(root);
    const settle = system.kind === 'hg' ? settleExactly : settlePaths;
    const exactness = await settle(repository, facts, { vfs, rootId, milliseconds });
    const usesUnsent = exactness.kind === 'exact' && usesUnsentVariables(repository.environment);
    return answer({ repository, exactness: usesUnsent ? UNSENT : exactness, changes, vfs });
  });
}

/** As {@link ask}, about a status: only Mercurial's is known exactly. */
export function askExactly<T>(
  asked: Asked,
  context: QuestionContext,
  answer: (question: ExactQuestion) => T | Refused,
): Promise<T | Refused> {
  return ask(asked, context, ({ exactness, ...rest }) =>
    answer({ ...rest, exactness: exactness.kind === 'paths' ? ONLY_PATHS : exactness }),
  );
}
