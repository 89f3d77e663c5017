// Replaces the live model of an unsupported repository of Mercurial, where hg may run. It publishes the answers of hg.
// It also asks hg about single files of a supported one: those that the model leaves undecided.
import * as path from 'node:path';
import { toDisplay } from '../../base/bytePath.ts';
import { UnsupportedRepository } from '../../backends/mercurial/unsupportedRepository.ts';
import type { ProcessEnvironment } from '../../files/environment.ts';
import type { Vfs } from '../../files/vfs.ts';
import type { HgRunner } from '../../hgCommand/hgRunner.ts';
import { askStatus } from '../../hgCommand/hgStatus.ts';
import type { Head } from '../../workingCopy/backend.ts';
import type { ModelUpdate } from '../../workingCopy/publisher.ts';
import type { ContentAnswer, ContentQuery, HgPolicy } from '../protocol.ts';
import { AnsweredRepository, isAllowed, type AnsweredOptions } from './answeredRepository.ts';
import { FallbackContents } from './fallbackContents.ts';
import { HgForUndecided, type UndecidedModel } from './hgForUndecided.ts';

export interface FallbackOptions extends AnsweredOptions {
  readonly root: string;
  readonly vfs: Vfs;
  readonly environment: ProcessEnvironment;
  /** Its state is followed; hg answers for the files that it leaves undecided. */
  readonly model: UndecidedModel;
  /** Runs the repository's commands, those of others too. */
  hg(): HgRunner;
}

/** Files that hg creates in the working copy for a moment, to probe the file system. */
const PROBE = /^hg-check(?:exec|link)-[^/]*$/;

export class Fallback extends AnsweredRepository {
  readonly #repository: UnsupportedRepository;
  readonly #undecided: HgForUndecided;
  readonly #contents: FallbackContents;

  constructor(options: FallbackOptions) {
    const { root, vfs, environment, model, logger } = options;
    const repository = new UnsupportedRepository(root, vfs, environment);
    const { controlName } = repository;
    super(
      {
        program: 'hg',
        ask: () => askStatus(options.hg()),
        recorded: () => repository.recorded(),
        head: () => repository.head(),
        lock: () => repository.lock(),
        watched: {
          root,
          controlName,
          controlDirectories: () => [path.join(root, controlName)],
          isRelevant: (directory, name) => repository.isRelevant(directory, name),
        },
        files: () => repository.files(),
        isProbe: at => PROBE.test(at),
        isSame,
        // The repository's other commands run in the same queue and go on.
        stop: () => undefined,
      },
      options,
    );
    this.#repository = repository;
    this.#undecided = new HgForUndecided({
      model,
      logger,
      ask: files => askStatus(options.hg(), files),
      isAllowed: () => this.isAllowed && !this.isActive,
    });
    this.#contents = new FallbackContents({
      entry: at => (this.isActive ? this.entry(at) : model.tree.get(at)),
      isSymlink: at => vfs.lstat(path.join(root, toDisplay(at)))?.isSymbolicLink() ?? false,
      run: call => options.hg().run({ ...call, kind: 'read' }),
    });
  }

  override content(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer> {
    return this.#contents.answer(query);
  }

  override async contentInstead(query: Omit<ContentQuery, 'root'>): Promise<ContentAnswer | undefined> {
    if (!this.isAllowed) return undefined;
    this.changedBases(this.#repository.head().head);
    const answer = await this.#contents.answer(query);
    return answer.kind === 'content' ? answer : undefined;
  }

  override follow(update: Pick<ModelUpdate, 'state' | 'settled'>): boolean {
    if (update.settled) this.#undecided.look();
    return super.follow(update);
  }

  override setPolicy(policy: HgPolicy): void {
    const isOther = !isSame(this.policy, policy);
    super.setPolicy(policy);
    if (isOther) this.#undecided.forgetFailures();
  }

  override dispose(): void {
    super.dispose();
    this.#undecided.dispose();
  }

  protected override changedBases(head: Head | undefined): readonly string[] {
    return this.#contents.update(head, this.#repository.conversion());
  }
}

function isSame(one: HgPolicy, other: HgPolicy): boolean {
  return isAllowed(one) === isAllowed(other) && one.path === other.path;
}
