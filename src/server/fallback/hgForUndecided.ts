// Asks hg about files whose history we cannot read, in a supported repository. Its answers count while file and base
// stay the same. It never asks twice at once, and spends at most a quarter of the time on it.
import { Delay } from '../../base/async.ts';
import { toDisplay, type BytePath } from '../../base/bytePath.ts';
import type { FileStat } from '../../base/fileStat.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import type { HgStatusAnswer } from '../../hgCommand/hgStatus.ts';
import { RACY_NS, sameStat } from '../../status/contentComparison.ts';
import type { UndecidedFiles } from '../../workingCopy/rescan/reconciler.ts';
import type { UndecidedAnswer } from '../../workingCopy/rescan/undecidedPaths.ts';
import type { Entry } from '../../workingCopy/statusTree.ts';
import { PAUSE_FACTOR } from './fallbackStatus.ts';

/** The part of a live model that has undecided files. */
export interface UndecidedModel {
  readonly tree: { get(path: BytePath): Entry | undefined };
  undecidedFiles(): UndecidedFiles | undefined;
  decide(undecided: UndecidedFiles, answers: ReadonlyMap<BytePath, UndecidedAnswer>): void;
}

export interface HgForUndecidedOptions {
  readonly model: UndecidedModel;
  readonly logger: Logger;
  /** Runs `hg status` on these files, in display form. */
  ask(files: readonly string[]): Promise<HgStatusAnswer>;
  /** True if hg may run. */
  isAllowed(): boolean;
}

/** Files of one question. */
const MOST_FILES = 100;
/** One damaged file fails the whole question. Then so many files are asked about one by one. */
const MOST_SINGLE_FILES = 20;

export class HgForUndecided implements Disposable {
  readonly #options: HgForUndecidedOptions;
  readonly #due = new Delay(() => void this.#run());
  /** Files about which hg failed, too, with the stat and the base that they had. */
  readonly #failed = new Map<BytePath, { readonly stat: FileStat; readonly base: unknown }>();
  #isRunning = false;
  #isDisposed = false;
  /** Not before this is hg asked again: a pause. */
  #askFrom = 0;

  constructor(options: HgForUndecidedOptions) {
    this.#options = options;
  }

  /** Asks about the files that the model leaves undecided, if there are any and hg may run. */
  look(): void {
    if (this.#isDisposed || this.#isRunning) return;
    const wait = this.#options.isAllowed() ? this.#next(Date.now())?.wait : undefined;
    if (wait === undefined) this.#due.cancel();
    else this.#due.set(Math.max(wait, this.#askFrom - performance.now()));
  }

  /** Another hg may answer where the last one failed. */
  forgetFailures(): void {
    this.#failed.clear();
    this.look();
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#due.dispose();
  }

  /**
   * Returns the files to ask about next, and the milliseconds to wait before. A file must have been unchanged for a
   * while: else a change while hg reads it could leave its times the same.
   */
  #next(nowMs: number): { undecided: UndecidedFiles; files: BytePath[]; wait: number } | undefined {
    const undecided = this.#options.model.undecidedFiles();
    if (undecided === undefined) return undefined;
    const open = [...undecided.files].filter(([path, stat]) => {
      const failed = this.#failed.get(path);
      return failed?.base !== undecided.input.base || !sameStat(failed.stat, stat);
    });
    if (open.length === 0) return undefined;
    const waits = open.map(([, { ctimeNs }]) => Number((ctimeNs + RACY_NS) / 1_000_000n) + 1 - nowMs);
    const files = open.filter((_, at) => waits[at]! <= 0).slice(0, MOST_FILES);
    const wait = Math.max(0, Math.min(...waits, Number(RACY_NS / 1_000_000n)));
    return { undecided, files: files.map(([path]) => path), wait };
  }

  async #run(): Promise<void> {
    const next = this.#options.isAllowed() ? this.#next(Date.now()) : undefined;
    if (next !== undefined && next.files.length > 0) {
      this.#isRunning = true;
      const began = performance.now();
      await this.#ask(next.undecided, next.files);
      const ended = performance.now();
      this.#askFrom = ended + (ended - began) * PAUSE_FACTOR;
      this.#isRunning = false;
    }
    this.look();
  }

  async #ask(undecided: UndecidedFiles, files: readonly BytePath[]): Promise<void> {
    const answers = new Map<BytePath, UndecidedAnswer>();
    const questions: (readonly BytePath[])[] = [files];
    for (let question = questions.shift(); question !== undefined; question = questions.shift()) {
      const answer = await this.#options.ask(question.map(toDisplay));
      if (this.#isDisposed) return;
      if (answer.kind === 'answer') {
        const letters = new Map(answer.entries.map(({ path, status }) => [path, status]));
        for (const path of question) this.#take(undecided, answers, path, letters.get(path));
      } else if (answer.kind === 'failed' && question.length > 1) {
        questions.push(...question.slice(0, MOST_SINGLE_FILES).map(path => [path]));
        for (const path of question.slice(MOST_SINGLE_FILES)) this.#fail(undecided, path);
      } else {
        this.#options.logger.info(`hg does not know the status of ${question.map(toDisplay).join(', ')} either`);
        for (const path of question) this.#fail(undecided, path);
      }
    }
    this.#options.model.decide(undecided, answers);
  }

  /** @param letter undefined if hg lists the file neither as changed nor as missing: then it is clean */
  #take(
    undecided: UndecidedFiles,
    answers: Map<BytePath, UndecidedAnswer>,
    path: BytePath,
    letter: string | undefined,
  ): void {
    if (letter === undefined) answers.set(path, 'clean');
    else if (letter === 'M') answers.set(path, 'modified');
    // The file or the recorded state has changed since. An event follows.
    else this.#fail(undecided, path);
  }

  #fail({ files, input }: UndecidedFiles, path: BytePath): void {
    this.#failed.set(path, { stat: files.get(path)!, base: input.base });
  }
}
