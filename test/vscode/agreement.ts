// A repository that commands of the extension work on: what is shown of it, compared as a whole with what hg says of it.
import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { EventEmitter, commands, Uri, type SourceControlInputBox } from 'vscode';
import type { QuicksilverRepository } from '../../src/extension/api/api.ts';
import type { TestApi } from '../../src/extension/api/testDoor.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { until } from './harness.ts';
import { replace } from './messages.ts';
import { realHg } from './outside.ts';
import { activeApi, repositoryAt } from './shown.ts';

export class Bench {
  readonly api: TestApi;
  readonly repository: QuicksilverRepository;
  readonly root: string;

  private constructor(api: TestApi, repository: QuicksilverRepository, root: string) {
    this.api = api;
    this.repository = repository;
    this.root = root;
  }

  static async at(root: string): Promise<Bench> {
    const api = await activeApi();
    const bench = new Bench(api, await repositoryAt(api, root), root);
    await bench.repository.settle();
    return bench;
  }

  get inputBox(): SourceControlInputBox {
    return this.api.view.inputBox(this.repository.rootUri);
  }

  uri(...names: readonly string[]): Uri {
    return Uri.joinPath(this.repository.rootUri, ...names);
  }

  /** Runs a command of the extension; what it would ask is answered by an object, which comes last. */
  async run(name: string, ...args: readonly unknown[]): Promise<unknown> {
    // The window answers in order. Before this, it may still send back a text that the test has set in the input box,
    // and put it in the place of the command's text.
    await commands.executeCommand('setContext', 'quicksilverTests.inOrder', true);
    return commands.executeCommand(`quicksilver.${name}`, ...args);
  }

  /** As {@link run}, and then everything that is shown must be what hg says. */
  async does(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const result = await this.run(name, ...args);
    this.agrees(name);
    return result;
  }

  /** What the real hg answers, run past the one that the extension runs. */
  asked(...args: readonly string[]): string {
    return hgAt(this.root, ...args);
  }

  /** First lines of the descriptions of a revset, the newest first. */
  log(revset = '::.'): string[] {
    return lines(this.asked('log', '--rev', `reverse(${revset})`, '--template', '{desc|firstline}\n'));
  }

  /** The rows by group. */
  rows(): Record<string, string[]> {
    const { rootUri } = this.repository;
    const groups = this.api.view.groups(rootUri).filter(({ resources }) => resources.length > 0);
    return Object.fromEntries(
      groups.map(({ label, resources }) => [
        label,
        resources.map(({ resourceUri }) => resourceUri.path.slice(rootUri.path.length + 1)).sort(),
      ]),
    );
  }

  /** Compares at once: after a command nothing is to be waited for. */
  agrees(what: string): void {
    assert.deepEqual(this.#shown(), this.#real(), `what is shown after ${what}`);
  }

  /** Waits until the same holds, after something that is done without a command. */
  async comesToAgree(what: string): Promise<void> {
    await until(
      `hg agrees after ${what}`,
      () => JSON.stringify(this.#shown()) === JSON.stringify(this.#real()),
      this.repository.onDidChange,
    );
    await this.repository.settle();
    this.agrees(what);
  }

  #shown(): unknown {
    const { head, entries } = this.repository;
    const rows = Object.values(this.rows()).flat();
    const conflicts = this.rows()['Conflicts'] ?? [];
    const listed = [...entries.values()].filter(({ status }) => status !== 'ignored');
    const files = listed.map(({ path, status }) => `${STATUS_LETTERS[status]} ${path}`).sort();
    // A rename has one row, at the new name.
    const sources = new Set(listed.flatMap(({ status, source }) => (status === 'added' ? (source ?? []) : [])));
    const withRows = listed.filter(({ path, status }) => status !== 'removed' || !sources.has(path));
    const named = new Set([...withRows.map(({ path }) => path), ...conflicts]);
    return {
      files,
      rows: rows.length === named.size && rows.every(path => named.has(path)),
      conflicts,
      parents: [head?.firstParent, head?.secondParent],
      branch: head?.branch,
      bookmark: head?.bookmark ?? '',
      drafts: this.api.view.drafts(this.repository.rootUri)?.text ?? '',
    };
  }

  /** Without another repository that changesets would go to, it is not shown how many have not gone. */
  #hasDefaultPath(): boolean {
    const hgrc = path.join(this.root, '.hg', 'hgrc');
    return fs.existsSync(hgrc) && /^default *=/m.test(fs.readFileSync(hgrc, 'utf8'));
  }

  #real(): unknown {
    const isMerging = fs.existsSync(path.join(this.root, '.hg', 'merge'));
    const resolved = isMerging ? lines(this.asked('resolve', '--list')) : [];
    const template = '{p1.node} {p2.node} {count(revset("draft() and ::p1()"))} {branch}\n{activebookmark}';
    const [head = '', bookmark = ''] = this.asked('log', '--rev', 'wdir()', '--template', template).split('\n');
    const [first, second, drafts, ...branch] = head.split(' ');
    return {
      files: lines(this.asked('status')).sort(),
      rows: true,
      conflicts: resolved
        .filter(line => line.startsWith('U '))
        .map(line => line.slice(2))
        .sort(),
      parents: [first, second],
      branch: branch.join(' '),
      bookmark,
      drafts: drafts === '0' || !this.#hasDefaultPath() ? '' : `$(arrow-up) ${drafts}`,
    };
  }
}

/** Runs the real hg and returns what it writes; throws if it fails. */
export function hgAt(root: string, ...args: readonly string[]): string {
  const env = { ...process.env, HGPLAIN: '1' };
  return execFileSync(realHg(), args, { cwd: root, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface Served {
  readonly address: string;
  stop(): Promise<void>;
}

/** Serves a repository on the loopback interface, for reading and writing, until it is stopped. */
export async function serve(root: string): Promise<Served> {
  const options = ['--config', 'web.allow-push=*', '--config', 'web.push_ssl=False', '--print-url'];
  const server: ChildProcess = spawn(realHg(), ['serve', '--address', '127.0.0.1', '--port', '0', ...options], {
    cwd: root,
    env: { ...process.env, HGPLAIN: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.ok(server.stdout);
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  const address = /http:\/\/\S+/.exec(line)?.[0];
  assert.ok(address !== undefined, line);
  return {
    address: address.replace(/\/\/[^/:]+:/, '//127.0.0.1:'),
    stop: async () => {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
    },
  };
}

/** Stands for a list that is searched: its first items get an answer. */
class AnsweredList {
  readonly #choose: (all: readonly { readonly label: string }[]) => unknown;
  readonly #accept = new EventEmitter<undefined>();
  readonly onDidAccept = this.#accept.event;
  selectedItems: readonly unknown[] = [];
  activeItems: readonly unknown[] = [];

  constructor(choose: (all: readonly { readonly label: string }[]) => unknown) {
    this.#choose = choose;
  }

  set items(items: readonly { readonly label: string }[]) {
    if (this.selectedItems.length > 0) return;
    this.selectedItems = [this.#choose(items)];
    setImmediate(() => this.#accept.fire(undefined));
  }

  get items(): readonly { readonly label: string }[] {
    return [];
  }

  onDidChangeValue(): void {
    // Nobody types.
  }

  onDidHide(): void {
    // It is answered.
  }

  onDidTriggerItemButton(): void {
    // Nobody presses a button.
  }

  show(): void {
    // It is not shown.
  }

  dispose(): void {
    this.#accept.dispose();
  }
}

/** The lists that the extension shows get these answers, one after the other: the label, or a part of it. */
export function answerLists(...answers: readonly string[]): { readonly dispose: () => void } {
  const left = [...answers];
  const choose = (all: readonly { readonly label: string }[]): { readonly label: string } => {
    const answer = left.shift();
    const found =
      all.find(({ label }) => label === answer) ??
      all.find(({ label }) => answer !== undefined && label.includes(answer));
    assert.ok(found, `${answer} is not among ${all.map(({ label }) => label).join(', ')}`);
    return found;
  };
  const restore = [
    replace(['showQuickPick'], () => async items => choose((await items) as readonly { readonly label: string }[])),
    replace(['createQuickPick'], () => () => new AnsweredList(choose)),
  ];
  return {
    dispose: () => {
      for (const each of restore) each();
      assert.deepEqual(left, [], 'all lists were shown');
    },
  };
}

export function lines(text: string): string[] {
  return text.split('\n').filter(line => line !== '');
}
