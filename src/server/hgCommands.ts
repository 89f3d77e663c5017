// Runs the commands that clients request. Each repository has one runner, which the fallback uses as well, so two
// commands never run at once. Commands that use the network run one at a time over all repositories.
import * as path from 'node:path';
import type { CancellationToken } from 'vscode-jsonrpc';
import { toDisplay } from '../base/bytePath.ts';
import type { Disposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { Askpass } from '../hgCommand/askpass.ts';
import { EditorProgram } from '../hgCommand/editorProgram.ts';
import { checkHg, locateHg, tooOldToChange } from '../hgCommand/hgExecutable.ts';
import type { HgResult } from '../hgCommand/hgResult.ts';
import { HgRunner } from '../hgCommand/hgRunner.ts';
import type { HgQuestion } from '../hgCommand/messages.ts';
import type { ProcessEnvironment } from '../files/environment.ts';
import type { Vfs } from '../files/vfs.ts';
import type { HgAsked, HgDidProgress, HgFound, HgRun, HgRunResult } from './hgProtocol.ts';
import type { HgPolicy } from './protocol.ts';
import { UnsupportedRepository } from '../backends/mercurial/unsupportedRepository.ts';

export interface HgCommandsOptions {
  readonly vfs: Vfs;
  readonly environment: ProcessEnvironment;
  readonly logger: Logger;
  /**
   * The folder with the programs that ssh runs to get a password and hg runs to edit a message; undefined if there is
   * none.
   */
  readonly programs: string | undefined;
  ask(asked: HgAsked, signal: AbortSignal): Promise<string | undefined>;
  onProgress(progress: HgDidProgress): void;
  /** Updates the model of a repository after a command; resolves when the update is published. */
  follow(run: HgRun): Promise<void>;
}

/** More than that is no answer to anything that a client asks. */
const MOST_OUTPUT = 50_000_000;

export class HgCommands implements Disposable {
  readonly #options: HgCommandsOptions;
  readonly #runners = new Map<string | null, HgRunner>();
  /** For repositories that were closed during a command that changes something: settled when it has ended. */
  readonly #ending = new Map<string | null, Promise<void>>();
  readonly #askpass: Askpass | undefined;
  readonly #editor: EditorProgram | undefined;
  #policy: HgPolicy = { allow: false, fallback: false, path: '' };
  /** Settled when the command that uses the network has ended. */
  #network: Promise<unknown> = Promise.resolve();
  /** The command that uses the network: what ssh asks is for it. */
  #asking: { readonly id: number; readonly signal: AbortSignal } | undefined;

  constructor(options: HgCommandsOptions) {
    this.#options = options;
    const { programs, logger } = options;
    if (programs === undefined) return;
    this.#askpass = new Askpass({
      script: path.join(programs, process.platform === 'win32' ? 'askpass.cmd' : 'askpass.sh'),
      program: path.join(programs, 'askpass.cjs'),
      logger,
      ask: (question, gone) => this.#askForSsh(question, gone),
    });
    this.#editor = new EditorProgram({ program: path.join(programs, 'editor.cjs'), logger });
  }

  get policy(): HgPolicy {
    return this.#policy;
  }

  setPolicy(policy: HgPolicy): void {
    const old = this.#policy;
    this.#policy = policy;
    if (old.allow !== policy.allow) for (const root of this.#runners.keys()) this.close(root);
    else if (old.path !== policy.path) for (const runner of this.#runners.values()) runner.restart();
  }

  /** The runner of a repository: made when it is first needed, and anew after {@link close}. */
  runner(root: string | null): HgRunner {
    let runner = this.#runners.get(root);
    if (runner === undefined) {
      runner = this.#createRunner(root);
      this.#runners.set(root, runner);
    }
    return runner;
  }

  /** Stops the commands of a repository. A command that changes something ends by itself. */
  close(root: string | null): void {
    const runner = this.#runners.get(root);
    if (runner === undefined) return;
    runner.dispose();
    this.#runners.delete(root);
    const ended: Promise<void> = Promise.all([runner.ended(), this.#ending.get(root)]).then(() => {
      if (this.#ending.get(root) === ended) this.#ending.delete(root);
    });
    this.#ending.set(root, ended);
  }

  async find(checks: boolean): Promise<HgFound> {
    const { variables } = this.#options.environment;
    if (!this.#policy.allow) return { path: '', version: '', problem: NOT_TRUSTED };
    const located = locateHg({ variables, configured: this.#policy.path });
    const found = checks && located.kind === 'found' ? await checkHg(located.hg, variables) : located;
    if (found.kind === 'unavailable') return { path: '', version: '', problem: found.message };
    const { hg, version = '' } = found;
    return { path: hg, version, problem: tooOldToChange(hg, version) ?? '' };
  }

  async run(run: HgRun, token: CancellationToken): Promise<HgRunResult> {
    const cancel = new AbortController();
    const listener = token.onCancellationRequested(() => cancel.abort());
    try {
      if (token.isCancellationRequested) cancel.abort();
      const result = await (run.kind === 'network'
        ? this.#inTurn(run, cancel.signal)
        : this.#perform(run, cancel.signal));
      // Even one that failed may have changed something.
      if (run.kind !== 'read') await this.#options.follow(run);
      return toAnswer(result);
    } finally {
      listener.dispose();
    }
  }

  dispose(): void {
    for (const root of this.#runners.keys()) this.close(root);
    this.#askpass?.dispose();
    this.#editor?.dispose();
  }

  /** Waits here, not in the queue of the repository, which others need. */
  #inTurn(run: HgRun, signal: AbortSignal): Promise<HgResult> {
    const result = this.#network.then(async () => {
      await this.#askpass?.listen();
      // When hg has ended, ssh's question has lost its purpose.
      const ended = new AbortController();
      this.#asking = run.isInteractive ? { id: run.id, signal: AbortSignal.any([signal, ended.signal]) } : undefined;
      try {
        return await this.#perform(run, signal);
      } finally {
        this.#asking = undefined;
        ended.abort();
      }
    });
    // Its failure is for who asked for it, not for the next one.
    this.#network = result.catch(() => undefined);
    return result;
  }

  async #perform(run: HgRun, signal: AbortSignal): Promise<HgResult> {
    if (!this.#policy.allow) return { kind: 'unavailable', message: NOT_TRUSTED };
    const { id, verb, options, settings, operands, files, cwd, input, kind } = run;
    const editing = run.edits === true && run.isInteractive ? await this.#beginEditing(run, signal) : undefined;
    try {
      return await this.runner(run.root).run({
        verb,
        options,
        settings,
        operands,
        files,
        editor: editing?.editor,
        cwd,
        input,
        kind,
        signal,
        ...(run.isInteractive && {
          ask: (question: HgQuestion, output: string) => this.#options.ask({ id, output, ...question }, signal),
        }),
        onProgress: progress => this.#options.onProgress({ id, ...progress }),
      });
    } finally {
      editing?.dispose();
    }
  }

  #beginEditing({ id, root }: HgRun, signal: AbortSignal): ReturnType<EditorProgram['begin']> | undefined {
    return this.#editor?.begin((text, gone) => {
      const asked = { id, text, output: '', isPassword: false, messageIn: root ?? '' };
      return this.#options.ask(asked, AbortSignal.any([signal, gone]));
    });
  }

  async #askForSsh(question: HgQuestion, gone: AbortSignal): Promise<string | undefined> {
    const asking = this.#asking;
    if (asking === undefined) return undefined;
    return this.#options.ask({ id: asking.id, output: '', ...question }, AbortSignal.any([asking.signal, gone]));
  }

  #createRunner(root: string | null): HgRunner {
    const { vfs, environment, logger } = this.#options;
    const repository = root === null ? undefined : new UnsupportedRepository(root, vfs, environment);
    const { variables } = environment;
    return new HgRunner({
      root: root ?? undefined,
      variables: { ...variables, ...this.#askpass?.variables(variables), ...this.#editor?.variables() },
      logger,
      configured: () => this.#policy.path,
      basis: () => repository?.configuration(),
      after: this.#ending.get(root),
    });
  }
}

const NOT_TRUSTED = 'hg runs only in a workspace that you trust.';

function toAnswer(result: HgResult): HgRunResult {
  if (result.kind !== 'ended') return result;
  const { code, output, errors, notes = '' } = result;
  if (output.length > MOST_OUTPUT) {
    const message = `hg wrote more than ${MOST_OUTPUT / 1_000_000} million bytes.`;
    return { kind: 'stopped', reason: 'too-much-output', message };
  }
  return { kind: 'ended', code, output: toDisplay(output.toString('latin1')), errors, notes };
}
