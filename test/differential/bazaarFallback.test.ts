// Unsupported Bazaar working trees, answered by the real brz through the server. It starts only where that is allowed.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { PassThrough } from 'node:stream';
import { test, type TestContext } from 'node:test';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { currentEnvironment } from '../../src/files/environment.ts';
import { parseBrzStatus } from '../../src/hgCommand/statusPrograms.ts';
import * as protocol from '../../src/server/protocol.ts';
import { Server } from '../../src/server/server.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { BazaarSandbox, BRZ, NEEDS_BRZ, type BazaarTree } from '../support/bazaarSandbox.ts';

/** A working tree behind the server, with a brz on the PATH that records each start. */
class ServedTree {
  readonly tree: BazaarTree;
  state: protocol.RepositoryState = { kind: 'scanning' };
  readonly #calls: string;
  readonly #entries = new Map<string, protocol.FileEntry>();
  readonly #connection;
  readonly #server: Server;
  #listeners: (() => void)[] = [];

  constructor(sandbox: BazaarSandbox, tree: BazaarTree) {
    this.tree = tree;
    this.#calls = path.join(sandbox.base, 'calls');
    fs.writeFileSync(this.#calls, '');
    const bin = path.join(sandbox.base, 'bin');
    fs.mkdirSync(bin);
    const script = `#!/bin/sh\necho "$@" >> '${this.#calls}'\nexec '${BRZ}' "$@"\n`;
    fs.writeFileSync(path.join(bin, 'brz'), script, { mode: 0o755 });
    const variables = { ...sandbox.environment, PATH: `${bin}:${sandbox.environment.PATH}` };
    const environment = { ...currentEnvironment(), homeDirectory: sandbox.base, variables };
    const [there, back] = [new PassThrough(), new PassThrough()];
    const far = createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back));
    this.#server = new Server(far, { environment });
    far.listen();
    this.#connection = createMessageConnection(new StreamMessageReader(back), new StreamMessageWriter(there));
    this.#connection.onNotification(protocol.DidUpdate, update => this.#apply(update));
    this.#connection.listen();
  }

  get calls(): string[] {
    return fs.readFileSync(this.#calls, 'utf8').split('\n').slice(0, -1);
  }

  /** The program that answers. */
  get program(): string | undefined {
    return this.state.kind === 'fallback' ? this.state.program : undefined;
  }

  get entries(): string[] {
    return [...this.#entries.values()]
      .map(
        ({ path: at, status, source }) =>
          `${STATUS_LETTERS[status]} ${at}${source === undefined ? '' : ` < ${source}`}`,
      )
      .sort();
  }

  async allow(allow: boolean): Promise<void> {
    await this.#connection.sendNotification(protocol.SetHgPolicy, { allow, fallback: true, path: '' });
  }

  async open(): Promise<void> {
    const options = { root: this.tree.root, system: 'bzr', auditSeconds: 0, watchShare: 0.5 } as const;
    await this.#connection.sendRequest(protocol.Open, options);
    await this.settle();
  }

  async settle(): Promise<void> {
    await this.#connection.sendRequest(protocol.Settle, { root: this.tree.root });
  }

  async hint(...paths: readonly string[]): Promise<void> {
    await this.#connection.sendNotification(protocol.Hint, { root: this.tree.root, paths });
    await this.settle();
  }

  /** Resolves when the published state fulfills the condition. */
  until(condition: () => boolean): Promise<void> {
    return new Promise(resolve => {
      const check = (): void => {
        if (condition()) resolve();
      };
      this.#listeners.push(check);
      check();
    });
  }

  dispose(): void {
    this.#server.dispose();
    this.#connection.dispose();
  }

  #apply({ state, reset, changed, cleared }: protocol.RepositoryUpdate): void {
    this.state = state;
    if (reset) this.#entries.clear();
    for (const name of cleared) this.#entries.delete(name);
    for (const entry of changed) this.#entries.set(entry.path, entry);
    for (const listener of this.#listeners) listener();
  }
}

/** A tree with a view, which is unsupported, and a change of each kind in it. */
function treeWithView(t: TestContext): ServedTree {
  const sandbox = new BazaarSandbox();
  const tree = sandbox.init('tree');
  for (const name of ['changed', 'gone', 'missing', 'old', 'same']) tree.write(`in/${name}`, `${name}\n`);
  tree.write('outside', 'o\n');
  tree.brz('add', '-q');
  tree.brz('commit', '-q', '-m', 'first');
  tree.write('in/changed', 'other\n');
  tree.brz('rm', '-q', 'in/gone');
  fs.rmSync(path.join(tree.root, 'in/missing'));
  tree.brz('mv', '-q', 'in/old', 'in/new');
  tree.write('in/added', 'a\n');
  tree.brz('add', '-q', 'in/added');
  tree.write('in/unknown', 'u\n');
  assert.equal(tree.brz('view', '-q', 'in'), 0);
  const served = new ServedTree(sandbox, tree);
  t.after(() => {
    served.dispose();
    sandbox.dispose();
  });
  return served;
}

const STATUS = '--no-aliases -Obzr.workingtree.worth_saving_limit=-1 status --short --no-classify --no-pending';
const EXPECTED = ['! in/missing', '? in/unknown', 'A in/added', 'A in/new < in/old', 'M in/changed', 'R in/gone'];

test('brz answers for an unsupported tree where that is allowed', NEEDS_BRZ, async t => {
  const served = treeWithView(t);
  await served.open();
  assert.equal(served.state.kind, 'refused');
  assert.deepEqual([served.entries, served.calls], [[], []]);

  const dirstate = path.join(served.tree.root, '.bzr/checkout/dirstate');
  const before = fs.readFileSync(dirstate);
  await served.allow(true);
  await served.until(() => served.program === 'brz' && served.entries.length > 0);
  assert.deepEqual(served.entries, EXPECTED);
  assert.deepEqual(served.calls, [STATUS]);
  assert.deepEqual(fs.readFileSync(dirstate), before);

  served.tree.write('in/same', 'changed\n');
  await served.hint('in/same');
  assert.deepEqual(served.entries, [...EXPECTED, 'M in/same'].sort());

  await served.allow(false);
  await served.until(() => served.state.kind === 'refused');
  assert.deepEqual(served.entries, []);
  assert.equal(served.calls.length, 2);
});

test('brz is asked no more when the tree is supported again', NEEDS_BRZ, async t => {
  const served = treeWithView(t);
  await served.allow(true);
  await served.open();
  await served.until(() => served.entries.length === EXPECTED.length);
  served.tree.brz('view', '-q', '--delete');
  await served.hint('.bzr/checkout/views');
  await served.until(() => served.state.kind === 'ready');
  const count = served.calls.length;
  served.tree.write('in/same', 'changed\n');
  await served.hint('in/same');
  assert.ok(served.entries.includes('M in/same'));
  assert.equal(served.calls.length, count);
});

test('lines of brz status are read, or refused if they have two meanings', () => {
  const lines = [
    ' M  a => b',
    ' M* both',
    '  * bit',
    '+N  new\xc3\xa9',
    '+!  lost',
    '-D  gone',
    'R   old => now',
    'RM* x => y',
    'RD  p => q',
    ' K  k => k',
    ' D  away',
    '?   what => is',
    'C   Text conflict in a',
    '2 shelves exist. See "brz shelve --list" for details.',
  ];
  const read = parseBrzStatus(lines.map(line => `${line}\n`).join(''));
  assert.deepEqual(
    read?.map(({ path: at, status, source }) => [status, at, ...(source === undefined ? [] : [source])]),
    [
      ['M', 'a => b'],
      ['M', 'both'],
      ['M', 'bit'],
      ['A', 'new\xc3\xa9'],
      ['!', 'lost'],
      ['R', 'gone'],
      ['A', 'now', 'old'],
      ['A', 'y', 'x'],
      ['!', 'q'],
      ['M', 'k'],
      ['!', 'away'],
      ['?', 'what => is'],
    ],
  );
  for (const line of ['second line of a name', 'R   a => b => c', 'R   a', 'X   nothing']) {
    assert.equal(parseBrzStatus(`${line}\n`), undefined, line);
  }
});
