// A repository of the real hg behind the server, as in the extension. A client applies the updates, and the hg on the
// PATH records each start.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CancellationTokenSource, type RequestType } from 'vscode-jsonrpc/node';
import type { Disposable } from '../../src/base/lifecycle.ts';
import { findHg } from '../../src/hgCommand/hgExecutable.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { AskUser, RunHg, type HgAsked, type HgRun, type HgRunResult } from '../../src/server/hgProtocol.ts';
import * as historyProtocol from '../../src/server/historyProtocol.ts';
import * as protocol from '../../src/server/protocol.ts';
import { HgSandbox } from './hgSandbox.ts';
import { hgEnvironment } from './hgServer.ts';
import { ServedClient } from './servedClient.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

export class ServedRepository extends ServedClient implements Disposable {
  readonly sandbox: HgSandbox;
  /** The server's log, as 'level: message'. */
  readonly log: string[] = [];
  /** The kinds of published states, without repetitions in a row. */
  readonly states: string[] = [];
  /** The files whose base may have changed, as published. */
  readonly changedBases: string[] = [];
  /** The questions of hg. */
  readonly asked: HgAsked[] = [];
  /** Number of messages about a changed history. */
  historyChanges = 0;
  /** Answers a question of hg; null for no answer. */
  answer: (asked: HgAsked) => string | null = () => null;
  head: protocol.RepositoryHead | undefined;
  subrepositories: readonly protocol.Subrepository[] = [];
  readonly #calls: string;
  #runs = 0;

  /** Makes an empty repository. Opens it after `prepare` has changed the repository and the sandbox. */
  constructor(prepare: (sandbox: HgSandbox) => void, options: readonly string[] = []) {
    const sandbox = new HgSandbox(options);
    sandbox.hg('.', ['init', 'repo']);
    const calls = sandbox.path('calls');
    prepare(sandbox);
    fs.mkdirSync(sandbox.path('bin'));
    fs.writeFileSync(calls, '');
    const script = `#!/bin/sh\necho "$@" >> '${calls}'\nexec '${findHg()}' "$@"\n`;
    fs.writeFileSync(sandbox.path('bin/hg'), script, { mode: 0o755 });

    const variables = { ...hgEnvironment(sandbox.path('hgrc')), HGPLAIN: undefined };
    const PATH = [sandbox.path('bin'), process.env['PATH']].join(path.delimiter);
    const environment = { ...currentEnvironment(), variables: { ...variables, PATH } };
    super(sandbox.path('repo'), { environment, programs: path.join(PROJECT, 'dist') });
    this.sandbox = sandbox;
    this.#calls = calls;
    this.connection.onNotification(protocol.Log, ({ level, message }) => {
      this.log.push(`${level}: ${message}`);
      this.conditions.check();
    });
    this.connection.onNotification(protocol.DidChangeBase, ({ paths }) => {
      this.changedBases.push(...paths);
      this.conditions.check();
    });
    this.connection.onNotification(historyProtocol.DidChangeHistory, () => {
      this.historyChanges++;
      this.conditions.check();
    });
    this.connection.onRequest(AskUser, asked => {
      this.asked.push(asked);
      return this.answer(asked);
    });
  }

  /** As `hg status -mardu -C` has it: 'M a', 'A b < a', ordered. */
  get entries(): string[] {
    const lines = [...this.published.values()].filter(({ status }) => status !== 'ignored');
    return lines.map(({ path: at, status, source }) => line(STATUS_LETTERS[status], at, source)).sort();
  }

  /** Returns the published entry of a file; undefined if it has none. */
  entryOf(name: string): protocol.FileEntry | undefined {
    return this.published.get(name);
  }

  /** The real answer in the same form; hg reads only the sandbox's configuration. */
  get expected(): string[] {
    const listed = this.hg('status', '-mardu', '-C', '-0').split('\0').slice(0, -1);
    const lines: string[] = [];
    for (const item of listed) {
      if (item.startsWith('  ')) lines.push(`${lines.pop()!} < ${item.slice(2)}`);
      else lines.push(item);
    }
    return lines.sort();
  }

  /** How hg was started, its global options left out. */
  get calls(): string[] {
    // A template ends with a line break, which the shell writes as one.
    const lines = fs
      .readFileSync(this.#calls, 'utf8')
      .split('\n')
      .filter(line => line !== '');
    return lines.map(call => call.replace(/^(?:.*--cwd=\S+ |(?:--config=\S+ )+)/, ''));
  }

  /** The commands that hg has run, whether in a server or a process. */
  get commands(): string[] {
    return this.log.flatMap(text => /^info: hg (.*) in .*\((\w+)\)$/.exec(text)?.slice(1, 3).join(' by ') ?? []);
  }

  get problem(): string {
    return 'problem' in this.state ? this.state.problem.message : '';
  }

  /** Runs the real hg, with the configuration that the server's hg has. */
  hg(...args: readonly string[]): string {
    return this.sandbox.hg('repo', ['--config', `ui.merge=:merge`, ...args]).toString('utf8');
  }

  write(name: string, content: string): void {
    fs.mkdirSync(path.dirname(path.join(this.root, name)), { recursive: true });
    fs.writeFileSync(path.join(this.root, name), content);
  }

  /** The report, with a comparison if that is allowed. */
  async doctor(): Promise<string> {
    return this.connection.sendRequest(protocol.Doctor, { root: this.root, compare: true });
  }

  /** Has the server run a command of hg, as the extension does. */
  async run(run: Partial<HgRun> & Pick<HgRun, 'verb'>, signal?: AbortSignal): Promise<HgRunResult> {
    const cancel = new CancellationTokenSource();
    signal?.addEventListener('abort', () => cancel.cancel());
    const whole: HgRun = { root: this.root, id: ++this.#runs, kind: 'write', isInteractive: true, ...run };
    return this.connection.sendRequest(RunHg, whole, cancel.token);
  }

  async open(): Promise<void> {
    await this.connection.sendRequest(protocol.Open, { root: this.root, auditSeconds: 0, watchShare: 0.5 });
    await this.settle();
  }

  async refresh(): Promise<void> {
    await this.connection.sendRequest(protocol.Refresh, { root: this.root, cause: 'test' });
  }

  /** Asks something about the history; throws if there is no answer. */
  async history<P, R>(type: RequestType<P & { root: string }, historyProtocol.Answer<R>, void>, query: P): Promise<R> {
    const answer = await this.connection.sendRequest<historyProtocol.Answer<R>>(type.method, {
      ...query,
      root: this.root,
    });
    if (answer.kind === 'unavailable') throw new Error(answer.message);
    return answer.value;
  }

  /** A version of a file. */
  async content(name: string, revision: string): Promise<protocol.ContentAnswer> {
    const query = { root: this.root, path: name, revision, withBytes: true };
    const answer = await this.connection.sendRequest(protocol.Content, query);
    if (answer.kind === 'none') return answer;
    // This connection carries JSON, in which an array of bytes is an object.
    return { ...answer, bytes: Uint8Array.from(Object.values(answer.bytes!)) };
  }

  override dispose(): void {
    super.dispose();
    this.sandbox.dispose();
  }

  protected override apply(update: protocol.RepositoryUpdate): void {
    super.apply(update);
    this.head = update.head;
    if (update.subrepositories !== undefined || update.reset) this.subrepositories = update.subrepositories ?? [];
    if (this.states.at(-1) !== update.state.kind) this.states.push(update.state.kind);
  }
}

function line(letter: string, at: string, source: string | undefined): string {
  return source === undefined ? `${letter} ${at}` : `${letter} ${at} < ${source}`;
}
