// A window's own engine: its live models behind a JSON-RPC connection, and the commands of hg that a user runs.
import * as path from 'node:path';
import { CancellationTokenSource, type MessageConnection, type NotificationType } from 'vscode-jsonrpc';
import { bytePath, fromDisplay } from '../base/bytePath.ts';
import { DisposableStore, type Disposable } from '../base/lifecycle.ts';
import { loggerOf, type Logger } from '../base/log.ts';
import { startServer } from '../daemon/startServer.ts';
import { currentEnvironment, type ProcessEnvironment } from '../files/environment.ts';
import type { Vfs } from '../files/vfs.ts';
import type { HgRunner } from '../hgCommand/hgRunner.ts';
import { doctorReport, type LiveFacts } from './doctor.ts';
import type { AnsweredRepository } from './fallback/answeredRepository.ts';
import { Fallback } from './fallback/fallback.ts';
import { ProgramFallback } from './fallback/programFallback.ts';
import { HgCommands } from './hgCommands.ts';
import * as hgProtocol from './hgProtocol.ts';
import { Hub, rootIdOf, type SharedRepository } from './hub.ts';
import * as protocol from './protocol.ts';
import { routedConnection } from './routedConnection.ts';
import { SharedModels } from './sharedModels.ts';
import { sharedServerSentence } from './sharedServerReport.ts';
import { Subscriber } from './subscriber.ts';

export interface ServerOptions {
  readonly environment?: ProcessEnvironment;
  /** The folder with the programs that ssh runs to ask for a password, and hg for a message. */
  readonly programs?: string | undefined;
  /** The process of the window. Default: this one. */
  readonly window?: number;
  /** Milliseconds for which a repository waits for the shared server's greeting. */
  readonly greetMs?: number;
}

/** Answers the protocol's requests until disposed of; owns the models it opens. */
export class Server implements Disposable {
  readonly #connection: MessageConnection;
  readonly #environment: ProcessEnvironment;
  readonly #owned = new DisposableStore();
  readonly #hub: Hub;
  readonly #hg: HgCommands;
  readonly #shared: SharedModels;
  readonly #subscriber: Subscriber;
  /** By root. A new policy reaches all of them. */
  readonly #fallbacks = new Map<string, AnsweredRepository>();

  constructor(connection: MessageConnection, options: ServerOptions = {}) {
    const { environment = currentEnvironment(), programs, window = process.pid, greetMs } = options;
    this.#connection = connection;
    this.#environment = environment;
    const hub = (this.#hub = this.#owned.add(new Hub(this.#makeLogger())));
    this.#hg = this.#owned.add(
      new HgCommands({
        vfs: hub.vfs,
        environment,
        logger: hub.logger,
        programs,
        ask: (asked, signal) => this.#ask(asked, signal),
        onProgress: progress => this.#send(hgProtocol.HgProgressed, progress),
        follow: run => this.#followHg(run),
      }),
    );
    this.#shared = this.#owned.add(
      new SharedModels({
        variables: environment.variables,
        logger: hub.logger,
        window,
        ...(greetMs !== undefined && { greetMs }),
        mayStart: ({ root, sharing }, hasOtherWindow) =>
          environment.variables['QUICKSILVER_SERVER'] !== 'off' &&
          (sharing === 'on' || hasOtherWindow || isLarge(hub.vfs, root)),
        startServer: limits => {
          if (programs === undefined) return;
          startServer(path.join(programs, 'worker.cjs'), environment.variables, serverArguments(limits));
        },
        relay: (method, params) => {
          this.#connection.sendNotification(method, params).catch(() => this.dispose());
        },
        takeOver: taken => this.#subscriber.open(taken),
        release: root => this.#subscriber.close(root),
      }),
    );
    this.#subscriber = this.#owned.add(
      new Subscriber({
        connection: routedConnection(connection, this.#shared, root => rootIdOf(hub.vfs, root)),
        hub,
        environment,
        companion: (options, repository) => this.#fallback(options, repository),
        onClosed: root => {
          this.#fallbacks.delete(root);
          if (this.#shared.serves(root)) return;
          this.#shared.forget(root);
          this.#hg.close(root);
        },
        onGone: () => this.dispose(),
      }),
    );
    this.#register();
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #register(): void {
    const c = this.#connection;
    for (const registration of [
      c.onRequest(protocol.Doctor, ({ root, compare }) => this.#doctor(root, compare)),
      c.onRequest(hgProtocol.RunHg, (run, token) => this.#hg.run(run, token)),
      c.onRequest(hgProtocol.FindHg, ({ checks }) => this.#hg.find(checks)),
      c.onRequest(protocol.Shutdown, () => {
        this.dispose();
        return null;
      }),
      c.onNotification(protocol.SetHgPolicy, policy => {
        this.#hg.setPolicy(policy);
        for (const fallback of this.#fallbacks.values()) fallback.setPolicy(policy);
      }),
    ]) {
      this.#owned.add(registration);
    }
  }

  #fallback(
    { root, auditSeconds }: protocol.OpenOptions,
    { model, backend, system, statusProgram }: SharedRepository,
  ): AnsweredRepository | undefined {
    const { vfs } = this.#hub;
    const shared = {
      vfs,
      logger: loggerOf(root, this.#hub.logger),
      policy: this.#hg.policy,
      auditMs: auditSeconds * 1000,
    };
    let fallback: AnsweredRepository;
    if (statusProgram !== undefined) {
      const { variables } = this.#environment;
      fallback = new ProgramFallback({ ...shared, backend, program: statusProgram, variables });
    } else if (system === 'hg') {
      const hg = (): HgRunner => this.#hg.runner(root);
      fallback = new Fallback({ ...shared, root, model, environment: this.#environment, hg });
    } else {
      return undefined;
    }
    this.#fallbacks.set(root, fallback);
    return fallback;
  }

  async #ask(asked: hgProtocol.HgAsked, signal: AbortSignal): Promise<string | undefined> {
    // The command was cancelled: ask nobody.
    if (signal.aborted) return undefined;
    const cancel = new CancellationTokenSource();
    const abort = (): void => cancel.cancel();
    signal.addEventListener('abort', abort);
    try {
      const answer = await this.#connection.sendRequest(hgProtocol.AskUser, asked, cancel.token);
      return answer ?? undefined;
    } finally {
      signal.removeEventListener('abort', abort);
      cancel.dispose();
    }
  }

  /** After a command: the events of what it did may still be on their way. */
  async #followHg({ root, files = [], rescansAll }: hgProtocol.HgRun): Promise<void> {
    if (root !== null && this.#shared.serves(root)) {
      await this.#shared.followCommand(root, files, rescansAll === true);
      return;
    }
    const repository = root === null ? undefined : this.#subscriber.find(root);
    if (root === null || repository === undefined) return;
    await this.#shared.doAlone(root, async () => {
      if (rescansAll === true) {
        await this.#subscriber.refresh(root, 'hg command');
        return;
      }
      this.#subscriber.hint(root, [bytePath(repository.backend.controlName), ...files.map(fromDisplay)]);
      await this.#subscriber.settle(root);
    });
  }

  async #doctor(root: string, compare: boolean): Promise<string> {
    const live = this.#liveFacts(root);
    const sharedServer = await sharedServerSentence(root, this.#environment.variables);
    return doctorReport({
      root,
      environment: this.#environment,
      compare: compare && this.#hg.policy.allow,
      hg: this.#hg.policy.path,
      sharedServer,
      ...(live && { live }),
    });
  }

  #liveFacts(root: string): LiveFacts | undefined {
    const model = this.#subscriber.find(root)?.model;
    if (model === undefined) return undefined;
    const { state } = model;
    return {
      state: 'problem' in state ? `${state.kind}: ${state.problem.message}` : state.kind,
      answeredByHg: this.#fallbacks.get(root)?.isActive === true,
      watched: model.watched,
      audits: model.audits,
      missedByEvents: model.missedByEvents,
      counts: model.tree.counts,
      problems: this.#hub.troubles.of(root, this.#subscriber.roots),
    };
  }

  #makeLogger(): Logger {
    const write =
      (level: protocol.LogMessage['level']) =>
      (message: string): void =>
        this.#send(protocol.Log, { level, message });
    return { trace: write('trace'), info: write('info'), warn: write('warn'), error: write('error') };
  }

  #send<P>(type: NotificationType<P>, params: P): void {
    // It fails only when the other side is gone: then there is nobody left to serve.
    this.#connection.sendNotification(type.method, params).catch(() => this.dispose());
  }
}

/** On Windows a process of VS Code's program keeps that from being updated. So it ends soon after the last window. */
const WINDOWS_LINGER_SECONDS = '10';

/** As `serve` takes them. */
function serverArguments(limits: protocol.ServerLimits | undefined): string[] {
  const memory = limits === undefined ? [] : ['--memory-megabytes', String(limits.memoryMegabytes)];
  if (limits?.watchShare !== undefined) memory.push('--watch-share', String(limits.watchShare));
  if (process.platform === 'win32') {
    return ['--idle-seconds', WINDOWS_LINGER_SECONDS, '--unload-seconds', WINDOWS_LINGER_SECONDS, ...memory];
  }
  return limits === undefined ? [] : ['--idle-seconds', String(Math.round(limits.idleMinutes * 60)), ...memory];
}

/** So many bytes of a stat cache stand for about 10,000 files. */
const LARGE_BYTES = 600_000;

/** True if a repository is so large that windows, terminals and `hg` gain from sharing its model. Costs few stats. */
function isLarge(vfs: Vfs, root: string): boolean {
  const control = path.join(root, '.hg');
  let bytes = 0;
  // The second format has a small file, and another one with the data.
  for (const name of vfs.list(control)) {
    if (/^dirstate(?:\.|$)/.test(name)) bytes += Number(vfs.lstat(path.join(control, name))?.size ?? 0);
  }
  return bytes >= LARGE_BYTES;
}
