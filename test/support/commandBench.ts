// The commands of the extension over the whole engine, in a repository of the real hg. VS Code is fakeVscode.ts. The hg
// that runs the commands is the real one, or a program of the test.
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type * as vscode from 'vscode';
import type { LogOutputChannel, Memento } from 'vscode';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { EngineClient } from '../../src/extension/engine/engineClient.ts';
import type { EngineProcess } from '../../src/extension/engine/engineTransport.ts';
import type { HgCommandName } from '../../src/extension/contributions/commands.ts';
import type { CommandContext } from '../../src/extension/commands/commands.ts';
import type { OpenRepository } from '../../src/extension/repositories/openRepository.ts';
import { RootMap } from '../../src/extension/common/rootMap.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Server } from '../../src/server/server.ts';
import {
  pages,
  settings,
  shown,
  Uri,
  user,
  workspace,
  type Pressed,
  type Typed,
} from '../unit/extension/fakeVscode.ts';
import { HgSandbox } from './hgSandbox.ts';
import { hgEnvironment } from './hgServer.ts';
import { RecordingLogger } from './recordingLogger.ts';

const { hgCommands, runHgCommand } = await import('../../src/extension/commandTable.ts');
const extension = await import('../../src/extension/repositories/openRepository.ts');
const { askUser } = await import('../../src/extension/hg/prompts.ts');
const { openResource } = await import('../../src/extension/features/compare/openCommands.ts');

/** All but those that only decorate or open editors and views, and run no hg. */
export const COMMAND_NAMES = (Object.keys(hgCommands) as readonly HgCommandName[]).filter(
  name => !/^(?:blame|graph)\./.test(name),
);

interface Row {
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly kind?: number;
}

/** How the user answers. Tests may change it. By default: the first row, the text in the box, the first button. */
export const person: {
  row: (rows: readonly Row[]) => Row | Typed | Pressed | undefined;
  text: (value: string) => string | undefined;
  button: (buttons: readonly string[], message: string) => string | undefined;
} = {
  row: ([first]) => first,
  text: value => value,
  button: ([first]) => first,
};

const nothing = { dispose: () => undefined };

const SEPARATOR = -1;
/** Buttons that lead to something that a test has not. */
const NO_ACTIONS = ['Show Output'];

/** Everything that was shown since the last command was begun. */
export function said(): string {
  return shown.map(({ place, given }) => `${place}: ${JSON.stringify(given)}`).join('\n');
}

export interface BenchOptions {
  /** Is run in the sandbox, in which the repository is named "repo". */
  readonly prepare: (sandbox: HgSandbox) => void;
  /** More repositories of the sandbox that are open. */
  readonly others?: readonly string[];
  /** More of the environment of hg, such as another PATH. */
  readonly variables?: (sandbox: HgSandbox) => Readonly<Record<string, string | undefined>>;
  /** True if the user is asked what hg asks. */
  readonly asks?: boolean;
}

export class CommandBench {
  readonly sandbox = new HgSandbox();
  readonly root: string;
  readonly repository: OpenRepository;
  readonly all: readonly OpenRepository[];
  readonly log = new RecordingLogger();
  readonly #client: EngineClient;
  readonly #context: CommandContext;
  readonly #subscriptions: { dispose(): unknown }[] = [];

  private constructor({ prepare, variables, others = [], asks = false }: BenchOptions) {
    this.sandbox.hg('.', ['init', 'repo']);
    this.root = this.sandbox.path('repo');
    prepare(this.sandbox);
    const more = { HGPLAIN: undefined, HGUSER: 'tester', ...variables?.(this.sandbox) };
    const environment = {
      ...currentEnvironment(),
      variables: { ...hgEnvironment(this.sandbox.path('hgrc')), ...more },
    };
    this.#client = new EngineClient({
      start: () => startHere(environment),
      log: this.log,
      schedule: () => nothing,
      now: () => 0,
      ...(asks && { ask: askUser }),
    });
    const log = this.log as unknown as LogOutputChannel;
    const memento = { get: () => undefined, update: async () => Promise.resolve() } as unknown as Memento;
    const map = new RootMap<OpenRepository>();
    this.all = [this.root, ...others.map(name => this.sandbox.path(name))].map(root => {
      const opened = new extension.OpenRepository({ root, system: 'hg' }, undefined, log, () => undefined, memento);
      map.set(root, opened);
      return opened;
    });
    this.repository = this.all[0]!;
    const get = (root: string): OpenRepository | undefined => this.all.find(each => each.root === root);
    this.#client.onDidUpdate(update => get(update.root)?.apply(update));
    const repositories = {
      all: this.all,
      map,
      get,
      of: (uri: Uri) => map.locate(uri.path)?.value,
      locate: (uri: Uri) => map.locate(uri.path),
      onDidOpen: () => nothing,
      onDidClose: () => nothing,
    };
    this.#context = {
      client: this.#client,
      repositories,
      discovery: { discover: async () => Promise.resolve() },
      hints: { flush: () => undefined },
      log,
      extension: {
        subscriptions: this.#subscriptions,
        workspaceState: memento,
        extensionUri: new Uri('file', '/extension'),
        storageUri: new Uri('file', this.sandbox.path('storage')),
      },
    } as unknown as CommandContext;
  }

  static async start(t: TestContext, options: BenchOptions): Promise<CommandBench> {
    const bench = new CommandBench(options);
    t.after(() => bench.#dispose());
    user.answer = (place, given) => bench.#answer(place, given);
    bench.#client.setHgPolicy({ allow: true, fallback: true, path: '' });
    for (const { root } of bench.all) await bench.#client.open({ root, auditSeconds: 0, watchShare: 0.25 });
    await bench.settle();
    return bench;
  }

  /** Runs a command; what was shown before is forgotten. Resolves when the view shows what it did. */
  async run(name: HgCommandName, ...args: readonly unknown[]): Promise<unknown> {
    shown.length = 0;
    const result = await runHgCommand(this.#context, name, args);
    await this.settle();
    return result;
  }

  /** Clicks on a row. Everything that was shown before is forgotten. */
  async click(name: string): Promise<void> {
    shown.length = 0;
    await openResource(this.#context, [this.uri(name)]);
  }

  /** A file of the repository, as VS Code names it to a command. */
  uri(name: string): Uri {
    return new Uri('file', path.posix.join(this.root, name));
  }

  /** The real hg. */
  hg(...args: readonly string[]): string {
    return this.sandbox.hg('repo', args).toString('utf8');
  }

  /** The version of a file that the gutter compares with. */
  async content(path: string): Promise<string | undefined> {
    const answer = await this.#client.content({ root: this.root, path, revision: 'base', withBytes: true });
    return answer.kind === 'content' ? Buffer.from(answer.bytes ?? []).toString('utf8') : undefined;
  }

  /** The text of the editor that the last command opened. @param end of its path */
  async shownText(end: string): Promise<string> {
    const uris = shown.flatMap(({ given }) => given.filter(each => each instanceof Uri && each.path.endsWith(end)));
    return (await workspace.openTextDocument(uris.at(-1) as vscode.Uri)).getText();
  }

  /** After a change that was made beside the commands. */
  async refresh(): Promise<void> {
    await this.#client.refresh(this.root, 'test');
    await this.repository.whenShown();
  }

  async settle(): Promise<void> {
    for (const each of this.all) {
      await this.#client.settle(each.root);
      await each.whenShown();
    }
  }

  #answer(place: string, [what, options, ...rest]: readonly unknown[]): unknown {
    if (place === 'pick') return person.row((what as readonly Row[]).filter(({ kind }) => kind !== SEPARATOR));
    if (place === 'input') return person.text((what as { readonly value?: string }).value ?? '');
    if (place === 'editor') {
      setImmediate(() => void runHgCommand(this.#context, 'commitMessageAccept', [(what as { uri: Uri }).uri]));
      return undefined;
    }
    const buttons = [options, ...rest].filter(each => typeof each === 'string');
    return typeof what === 'string'
      ? person.button(
          buttons.filter(button => !NO_ACTIONS.includes(button)),
          what,
        )
      : undefined;
  }

  #dispose(): void {
    settings.clear();
    for (const each of [...this.#subscriptions, ...pages.splice(0)]) each.dispose();
    this.#client.dispose();
    for (const each of this.all) each.dispose();
    this.sandbox.dispose();
  }
}

/** The engine in this thread. */
function startHere(environment: ReturnType<typeof currentEnvironment>): EngineProcess {
  const { port1, port2 } = new MessageChannel();
  const connection = createMessageConnection(new PortMessageReader(port2), new PortMessageWriter(port2));
  const server = new Server(connection, { environment });
  connection.listen();
  let ended: (reason: string) => void = () => undefined;
  return {
    reader: new PortMessageReader(port1),
    writer: new PortMessageWriter(port1),
    onDidEnd: listener => (ended = listener),
    terminate: () => {
      server.dispose();
      // As a worker's end, this leaves what is on its way without an answer and without an error.
      port1.close();
      ended('terminated');
    },
  };
}
