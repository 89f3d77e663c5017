// Clients of one model of a Git repository: whoever comes later, or reads slowly, knows the same as the first one, which
// is what git status says.
import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { after, describe, test } from 'node:test';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { silentLogger } from '../../src/base/log.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { Hub } from '../../src/server/hub.ts';
import { DidUpdate, type RepositoryUpdate } from '../../src/server/protocol.ts';
import { Subscriber } from '../../src/server/subscriber.ts';
import { Conditions } from '../support/conditions.ts';
import { GitSandbox, type GitRoot } from '../support/gitSandbox.ts';
import { keepRunning } from '../support/keepRunning.ts';

const LETTERS = { modified: 'M', added: 'A', removed: 'D' } as const;

type Staged = NonNullable<RepositoryUpdate['staged']>;

function shown(staged: Staged): string[] {
  return staged.map(({ path: at, status, source }) =>
    source === undefined ? `${LETTERS[status]} ${at}` : `R ${at} <- ${source}`,
  );
}

/** A client that knows what it was told. */
class Client {
  readonly updates: RepositoryUpdate[] = [];
  staged: readonly string[] = [];
  readonly #subscriber: Subscriber;
  readonly #conditions = new Conditions();

  constructor(hub: Hub, sandbox: GitSandbox, drained?: () => Promise<void>) {
    const [there, back] = [new PassThrough(), new PassThrough()];
    const variables = { ...sandbox.variables };
    this.#subscriber = new Subscriber({
      connection: createMessageConnection(new StreamMessageReader(there), new StreamMessageWriter(back)),
      hub,
      environment: { ...currentEnvironment(), variables, homeDirectory: sandbox.base },
      ...(drained && { drained }),
      send: (method, params) => {
        if (method === DidUpdate.method) this.#take(params as RepositoryUpdate);
      },
      onGone: () => undefined,
    });
  }

  knows(expected: readonly string[]): boolean {
    return this.updates.at(-1)?.settled === true && this.staged.join() === expected.join();
  }

  open(root: string): void {
    this.#subscriber.open({ root, system: 'git', auditSeconds: 0, watchShare: 0.5 });
  }

  until(holds: () => boolean): Promise<void> {
    return this.#conditions.until(holds);
  }

  dispose(): void {
    this.#subscriber.dispose();
  }

  #take(update: RepositoryUpdate): void {
    this.updates.push(update);
    if (update.staged !== undefined || update.reset) this.staged = shown(update.staged ?? []);
    this.#conditions.check();
  }
}

/** The staged files by git's own word. */
function stagedByGit(repository: GitRoot): string[] {
  const records = repository.git('status', '--porcelain', '-z', '-uno').split('\0');
  const lines: string[] = [];
  for (let at = 0; at < records.length; at++) {
    const record = records[at]!;
    if (record === '' || record.startsWith(' ')) continue;
    const name = record.slice(3);
    lines.push(record.startsWith('R') ? `R ${name} <- ${records[++at]!}` : `${record[0]} ${name}`);
  }
  return lines;
}

describe('staged files', () => {
  const sandbox = new GitSandbox();
  after(() => sandbox.dispose());

  function prepared(): GitRoot {
    const repository = sandbox.init('shared');
    for (const file of ['changed', 'gone', 'old', 'same']) repository.write(file, `${file}\n`.repeat(9));
    repository.commit('one');
    repository.write('changed', 'otherwise\n');
    repository.write('new', 'new\n');
    repository.git('rm', '-q', 'gone');
    repository.git('mv', 'old', 'renamed');
    repository.git('add', '-A');
    assert.equal(stagedByGit(repository).length, 4);
    return repository;
  }

  test('are told to each client, whenever it comes, also if it could take no more while they changed', async t => {
    const hub = new Hub(silentLogger);
    keepRunning(t);
    t.after(() => hub.dispose());
    const repository = prepared();
    const clients: Client[] = [];
    const join = async (drained?: () => Promise<void>): Promise<Client> => {
      const client = new Client(hub, sandbox, drained);
      t.after(() => client.dispose());
      clients.push(client);
      client.open(repository.root);
      await client.until(() => client.updates.at(-1)?.settled === true);
      assert.equal(client.updates[0]!.cause, clients.length === 1 ? 'first scan' : 'shared');
      assert.deepEqual(client.staged, stagedByGit(repository));
      return client;
    };
    const all = (expected: readonly string[]): Promise<unknown> =>
      Promise.all(clients.map(client => client.until(() => client.knows(expected))));
    await join();
    await join();
    const taking: (() => void)[] = [];
    const slow = await join(() => new Promise(resolve => taking.push(resolve)));
    const [first] = clients;
    for (const name of ['later', 'latest']) {
      repository.write(name, `${name}\n`);
      repository.git('add', name);
      const expected = stagedByGit(repository);
      await first!.until(() => first!.knows(expected));
      assert.notDeepEqual(slow.staged, expected, 'it waits');
    }
    const slowUpdates = slow.updates.length;
    taking.shift()!();
    await all(stagedByGit(repository));
    assert.deepEqual(
      slow.updates.slice(slowUpdates).map(({ cause }) => cause),
      ['shared'],
    );
    await join();
    repository.git('commit', '-q', '-m', 'two');
    assert.deepEqual(stagedByGit(repository), []);
    taking.shift()!();
    await all([]);
    await join();
  });
});
