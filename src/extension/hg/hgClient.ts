// Commands of hg, as other commands use them: run in the engine, one at a time for each repository.
import { CancellationTokenSource, commands, ProgressLocation, workspace, type CancellationToken } from 'vscode';
import { notify, progress, type Log } from '../common/display.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import { rowsOf, rowTemplate } from '../../hgCommand/answerFrame.ts';
import type { HgCall, HgOption, HgSetting } from '../../hgCommand/hgCall.ts';
import { failureOf, hookOutput } from '../../hgCommand/hgErrors.ts';
import type { HgCommandKind, HgRun, HgRunResult } from '../../server/hgProtocol.ts';
import { contextKeys } from '../common/contextKeys.ts';
import { executeCommand } from '../common/typedCommands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { HintSources } from '../repositories/hintSources.ts';
import type { OpenRepository } from '../repositories/openRepository.ts';
import { scheduleAfter } from '../common/slicedQueue.ts';
import { hgTexts, type HgFailureKind } from './hgStrings.ts';
import { setUserName } from './userName.ts';

export interface HgRequest extends HgCall {
  /** Its standard input: with `--logfile=-`, a message. */
  readonly input?: string;
  /** Exit codes that are no failures; only 0 by default. */
  readonly codes?: readonly number[];
}

export interface HgChange extends HgRequest {
  /** Shown while it runs: "Committing…". */
  readonly title: string;
  /** 'network' if the command may use the network, which requires that the user asks for it. */
  readonly kind?: Exclude<HgCommandKind, 'read'>;
  /** Where it runs, an absolute path; without it, the root of the repository. */
  readonly cwd?: string;
  /** Where hg wants a message edited, it is shown; without this, hg fails there. */
  readonly edits?: boolean;
  /** Cut off in the middle it would leave behind what nobody can take away: cancelling is not offered. */
  readonly isUninterruptible?: boolean;
  /** It deletes files that are not tracked, or does other things that are not recorded. */
  readonly rescansAll?: boolean;
}

export type HgEnded = Extract<HgRunResult, { readonly kind: 'ended' }>;

/** hg has not done what it was asked for. */
export class HgFailure extends Error {
  readonly kind: HgFailureKind;
  /** Its output and exit code, if it ended. */
  readonly result: HgEnded | undefined;
  readonly holder: string | undefined;
  /** The message without hg's hint, which names options of the command line. */
  readonly reason: string;
  /** True if the user knows of it, from a prompt answered with no. */
  isReported = false;
  /** Where it happened; null for a command that needs no repository. */
  repository: OpenRepository | null = null;

  constructor(result: HgRunResult) {
    if (result.kind === 'ended') {
      const failure = failureOf(result.code, result.errors, result.notes);
      const message = failure.message === '' ? hgTexts.exitCode(result.code) : failure.message;
      const said =
        failure.kind === 'hook' ? hookOutput(result.output, `${result.errors}\n${result.notes}`) : failure.hint;
      super(said === undefined || said === '' ? message : `${message} (${said})`);
      this.reason = message;
      this.kind = failure.kind;
      this.holder = failure.holder;
      this.result = result;
    } else {
      super(result.message);
      this.reason = result.message;
      this.kind =
        result.kind === 'unavailable' ? 'unavailable' : result.reason === 'cancelled' ? 'cancelled' : 'stopped';
      this.holder = undefined;
      this.result = undefined;
    }
    this.name = 'HgFailure';
  }
}

/** For commands that commit: hg asks for a user name if none is configured. */
export const ASK_USERNAME: readonly HgSetting[] = ['ui.askusername=True'];

/** A command that takes longer than this can be cancelled in a notification; one over the network, at once. */
const CANCEL_OFFERED_AFTER = 2_000;

interface HgOptions {
  readonly client: EngineClient;
  readonly hints: HintSources;
  readonly log: Log;
}

export class HgClient {
  readonly #options: HgOptions;
  #running = 0;

  constructor(options: HgOptions) {
    this.#options = options;
  }

  /** Runs a command that changes nothing and needs no network. Returns its output. Throws {@link HgFailure}. */
  async read(repository: OpenRepository, request: HgRequest, token = NEVER.token): Promise<string> {
    const run = { ...toRun(repository.root, request, 'read'), isInteractive: false };
    return succeeded(await this.#options.client.runHg(run, token), request).output;
  }

  /**
   * Reads a list. Each row begins with a random word, so no output of a hook or warning is taken for one. Throws
   * {@link HgFailure}.
   * @param fields keywords of hg's templates, as arguments of its `dict`
   */
  async rows<T>(
    repository: OpenRepository,
    request: HgRequest,
    fields: string,
    token?: CancellationToken,
  ): Promise<readonly T[]> {
    const template: HgOption = ['--template', rowTemplate(fields)];
    const output = await this.read(repository, { ...request, options: [...(request.options ?? []), template] }, token);
    return rowsOf(output).map(row => JSON.parse(row) as T);
  }

  /**
   * Changes something: shows that it runs, lets hg ask, offers to try again if the repository is locked. Resolves when
   * the view shows what has become of it. Throws {@link HgFailure}.
   * @param repository null for a command that needs none, with `cwd`
   */
  async change(repository: OpenRepository | null, request: HgChange): Promise<HgEnded> {
    if (!workspace.isTrusted) throw new HgFailure({ kind: 'unavailable', message: hgTexts.notTrusted() });
    // Sends hints of recent saves first.
    this.#options.hints.flush();
    this.#setRunning(1);
    try {
      for (;;) {
        const result = await this.#perform(repository, request);
        await repository?.whenShown();
        const failure = failureIn(result, request);
        if (failure === undefined) return result as HgEnded;
        if (await this.#isToBeTriedAgain(repository, request, failure)) continue;
        failure.repository = repository;
        throw failure;
      }
    } finally {
      this.#setRunning(-1);
    }
  }

  /** Shows a failure of hg, unless the user knows of it. Returns false for other errors. */
  showFailure(error: unknown, prefix = ''): boolean {
    if (!(error instanceof HgFailure)) return false;
    if (error.isReported) return true;
    if (error.kind === 'cancelled' || error.kind === 'interrupted' || error.kind === 'unanswered') return true;
    const { log } = this.#options;
    const message = `${prefix}${hgTexts.failure(error.kind, error.message)}`;
    void notify('error', message, ...choicesFor(error)).then(async choice => {
      if (choice === hgTexts.showOutput()) log.show();
      else if (choice === hgTexts.setUserName()) await setUserName();
      else if (choice === hgTexts.unfinished()) await executeCommand('operationActions', error.repository?.rootUri);
      else if (choice !== undefined) await commands.executeCommand('workbench.action.openSettings', 'quicksilver.path');
    });
    return true;
  }

  /** Asks to try again, where that may help; after a no, the user knows of the failure. */
  async #isToBeTriedAgain(repository: OpenRepository | null, request: HgChange, failure: HgFailure): Promise<boolean> {
    const { kind } = failure;
    if (kind !== 'locked' && (kind !== 'abandoned' || request.verb === 'recover')) return false;
    const again = await (kind === 'locked' ? this.#offersRetry(repository, failure) : this.#recover(repository));
    failure.isReported = !again;
    return again;
  }

  async #offersRetry(repository: OpenRepository | null, failure: HgFailure): Promise<boolean> {
    const message = hgTexts.locked(repository?.name ?? '', failure.holder);
    return (await notify('warning', message, hgTexts.retry())) === hgTexts.retry();
  }

  /** Resolves with true if the changes of an interrupted command were rolled back. */
  async #recover(repository: OpenRepository | null): Promise<boolean> {
    const { abandoned, recover, recovering } = hgTexts.recovery;
    if ((await notify('warning', abandoned(repository?.name ?? ''), recover())) !== recover()) return false;
    await this.change(repository, { verb: 'recover', title: recovering() });
    return true;
  }

  async #perform(repository: OpenRepository | null, request: HgChange): Promise<HgRunResult> {
    const cancel = new CancellationTokenSource();
    const kind = request.kind ?? 'write';
    const run: HgRun = {
      ...toRun(repository?.root ?? null, request, kind),
      ...(request.cwd !== undefined && { cwd: request.cwd }),
      ...(request.rescansAll === true && { rescansAll: true }),
      ...(request.edits === true && { edits: true }),
      isInteractive: true,
    };
    const result = this.#options.client.runHg(run, cancel.token);
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    void progress({ location: ProgressLocation.SourceControl, title: request.title }, async () => ended);
    const offer = scheduleAfter(kind === 'network' ? 0 : CANCEL_OFFERED_AFTER, () => {
      if (request.isUninterruptible === true) return;
      void progress(
        { location: ProgressLocation.Notification, title: request.title, cancellable: true },
        async (report, token) => this.#showProgress(run.id, report, token, cancel, ended),
      );
    });
    try {
      return await result;
    } finally {
      offer.dispose();
      cancel.dispose();
    }
  }

  async #showProgress(
    id: number,
    report: (message: string) => void,
    token: CancellationToken,
    cancel: CancellationTokenSource,
    ended: Promise<void>,
  ): Promise<void> {
    const listeners: Disposable[] = [
      token.onCancellationRequested(() => cancel.cancel()),
      this.#options.client.onDidProgressHg(({ id: of, topic, position, total }) => {
        if (of !== id) return;
        const count = position === undefined ? '' : total === undefined ? ` ${position}` : ` ${position}/${total}`;
        report(position === undefined ? '' : `${topic}${count}`);
      }),
    ];
    await ended;
    for (const listener of listeners) listener.dispose();
  }

  #setRunning(difference: number): void {
    const before = this.#running > 0;
    this.#running += difference;
    const after = this.#running > 0;
    if (before !== after) void contextKeys.set('operationInProgress', after);
  }
}

/** Returns the buttons: what may help, and the log. */
function choicesFor({ kind }: HgFailure): string[] {
  const output = hgTexts.showOutput();
  if (kind === 'no-username') return [hgTexts.setUserName()];
  if (kind === 'unavailable') return workspace.isTrusted ? [hgTexts.openSettings(), output] : [output];
  return kind === 'unfinished' ? [hgTexts.unfinished(), output] : [output];
}

const NEVER = new CancellationTokenSource();
let lastId = 0;

function toRun(
  root: string | null,
  { verb, options, settings, operands, files, input }: HgRequest,
  kind: HgCommandKind,
): Omit<HgRun, 'isInteractive'> {
  const id = ++lastId;
  return { root, id, verb, options, settings, operands, files, kind, ...(input !== undefined && { input }) };
}

function failureIn(result: HgRunResult, { codes = [0] }: HgRequest): HgFailure | undefined {
  return result.kind === 'ended' && codes.includes(result.code) ? undefined : new HgFailure(result);
}

function succeeded(result: HgRunResult, request: HgRequest): HgEnded {
  const failure = failureIn(result, request);
  if (failure !== undefined) throw failure;
  return result as HgEnded;
}
