// The documented JSON-RPC: answers about files and the status, updates, and what malformed requests get.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type * as wire from '../../../../src/server/daemon/interfaceProtocol.ts';
import { bareRepository, DaemonRig } from '../../../support/daemonRig.ts';
import { RpcRig } from '../../../support/rpcRig.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';

interface Prepared {
  readonly rig: DaemonRig;
  readonly root: string;
  readonly client: RpcRig;
}

async function prepare(t: TestContext): Promise<Prepared> {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\nbuild\n');
  await rig.daemon().start();
  const client = new RpcRig(rig);
  t.after(() => client.dispose());
  await client.hello();
  return { rig, root, client };
}

function write(root: string, ...names: readonly string[]): void {
  for (const name of names) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), name);
  }
}

describe('fs/changes', { skip }, () => {
  test('brings all paths since a token in batches, each change once at least', async t => {
    const { root, client } = await prepare(t);
    const changes = (since?: string, limit?: number): Promise<wire.ChangesResult> =>
      client.ask('fs/changes', root, { ...(since !== undefined && { since }), ...(limit !== undefined && { limit }) });
    write(root, 'build/out');
    const first = await changes();
    assert.deepEqual(
      { ...first, token: '' },
      { exact: true, token: '', fresh: true, more: false, incomplete: ['build'], paths: [] },
    );
    const names = Array.from({ length: 25 }, (_, i) => `file${i}`);
    write(root, ...names);
    const seen = new Set<string>();
    let batches = 0;
    let { token } = first;
    for (let more = true; more; batches++) {
      const answer = await changes(token, 10);
      assert.ok(!answer.fresh);
      assert.ok(answer.paths.length <= 10);
      for (const each of answer.paths) seen.add(each);
      // Meanwhile something happens to a file that has been reported: the rest has it.
      if (batches === 0) {
        write(root, answer.paths[0]!);
        seen.delete(answer.paths[0]!);
      }
      ({ token, more } = answer);
    }
    assert.ok(batches >= 3, `${batches} batches`);
    assert.deepEqual([...seen].sort(), [...names].sort());
    assert.deepEqual((await changes(token, 1)).paths, []);
    assert.ok((await changes('qs1:other:1:0')).fresh);
  });

  test('keeps bytes that are no UTF-8', async t => {
    const { root, client } = await prepare(t);
    const { token } = await client.ask<wire.ChangesResult>('fs/changes', root);
    fs.writeFileSync(Buffer.from(`${root}/\xe9`, 'latin1'), '');
    const { paths } = await client.ask<wire.ChangesResult>('fs/changes', root, { since: token });
    assert.deepEqual(paths, ['\udce9']);
    const { entries } = await client.ask<wire.StatusResult>('status/exact', root);
    assert.deepEqual(
      entries.map(each => each.path),
      ['.hgignore', '\udce9'],
    );
  });
});

describe('fs/listdir and fs/fetchall', { skip }, () => {
  test('have the stats of files, and tokens from which changes follow', async t => {
    const { root, client } = await prepare(t);
    write(root, 'src/file', 'build/out');
    fs.symlinkSync('nowhere', path.join(root, 'src', 'link'));
    const facts = (name: string): wire.FileFacts => {
      const stat = fs.lstatSync(path.join(root, name), { bigint: true });
      return {
        type: stat.isSymbolicLink() ? 'l' : 'f',
        mode: Number(stat.mode) & 0o7777,
        size: Number(stat.size),
        mtime: String(stat.mtimeNs),
      };
    };
    const listed = await client.ask<wire.DirectoryResult>('fs/listdir', root, { path: 'src' });
    assert.deepEqual(listed.entries, [
      { name: 'file', ...facts('src/file') },
      { name: 'link', ...facts('src/link') },
    ]);
    assert.ok(listed.followed);
    assert.ok(!(await client.ask<wire.DirectoryResult>('fs/listdir', root, { path: 'build' })).followed);
    assert.deepEqual(await client.ask('fs/listdir', root, { path: '..' }), {
      exact: false,
      why: 'the path is not below the root',
    });

    const all = await client.ask<wire.EverythingResult>('fs/fetchall', root);
    assert.deepEqual(all.incomplete, ['build']);
    assert.equal(all.dirstate, 'none');
    assert.deepEqual(
      all.entries,
      ['.hgignore', 'src/file', 'src/link'].map(each => ({ path: each, status: 'unknown', file: facts(each) })),
    );
    write(root, 'src/new');
    for (const { token } of [listed, all]) {
      const since = await client.ask<wire.ChangesResult>('fs/changes', root, { since: token });
      assert.deepEqual([since.fresh, since.paths], [false, ['src/new']]);
    }
  });
});

describe('status/', { skip }, () => {
  test('exact and prompt say what the short form says', async t => {
    const { rig, root, client } = await prepare(t);
    write(root, 'a', 'b/c');
    const exact = await client.ask<wire.StatusResult>('status/exact', root);
    const short = (await rig.answer('status', root)).split('|');
    assert.equal(exact.exact, true);
    assert.equal(`server=${exact.server}`, short[1]);
    assert.deepEqual(exact.parents, ['0'.repeat(40), '0'.repeat(40)]);
    assert.deepEqual(
      exact.entries.map(each => `? ${each.path}`),
      short.slice(short.indexOf('entries=') + 1),
    );
    const prompt = await client.ask<wire.PromptResult>('status/prompt', root);
    assert.deepEqual(prompt, {
      ...{ exact: true, branch: 'default', bookmark: '', topic: '', operation: null },
      counts: { modified: 0, added: 0, removed: 0, deleted: 0, unknown: 3, conflicts: 0 },
    });
    fs.writeFileSync(path.join(root, '.hg', 'requires'), 'something-new\n');
    const refused = await client.ask<wire.Inexact>('status/exact', root);
    assert.equal(refused.exact, false);
    assert.match(refused.why, /something-new/);
  });

  test('exact may have more bytes than a client may leave unread', async t => {
    const { root, client } = await prepare(t);
    const directory = Array.from({ length: 10 }, () => 'd'.repeat(200)).join('/');
    for (let i = 0; i < 2500; i++) write(root, `${directory}/${i}`);
    const { entries } = await client.ask<wire.StatusResult>('status/exact', root);
    assert.equal(entries.length, 2501);
    assert.ok(JSON.stringify(entries).length > 4 << 20);
  });

  test('subscribe sends the state, then what changes, until unsubscribe', async t => {
    const { root, client } = await prepare(t);
    write(root, 'a');
    assert.equal(await client.ask('status/subscribe', root), null);
    const entries = new Map<string, string>();
    const taken = (): number => {
      for (const { reset, changed, cleared } of client.updates.splice(0)) {
        if (reset) entries.clear();
        for (const each of changed) entries.set(each.path, each.status);
        for (const each of cleared) entries.delete(each);
      }
      return entries.size;
    };
    await client.until(() => taken() === 2);
    write(root, 'b');
    await client.until(() => taken() === 3);
    assert.equal(entries.get('b'), 'unknown');
    fs.rmSync(path.join(root, 'a'));
    await client.until(() => taken() === 2);
    await client.ask('status/unsubscribe', root);
    write(root, 'c');
    const { entries: now } = await client.ask<wire.StatusResult>('status/exact', root);
    assert.ok(now.some(each => each.path === 'c'));
    assert.equal(client.updates.length, 0);
  });
});

describe('a request', { skip }, () => {
  test('before hello, of a wrong form, or about another directory is refused, and the server lives on', async t => {
    const { rig, root, client } = await prepare(t);
    const early = new RpcRig(rig);
    t.after(() => early.dispose());
    await assert.rejects(early.ask('status/exact', root), /Unhandled method/);
    await assert.rejects(early.hello('mnt:[1]'), /other mounts/);
    await assert.rejects(early.ask('status/exact', root), /Unhandled method/);

    const malformed: readonly unknown[] = [undefined, null, [], [root], 'text', 5, {}, { root }, { root, rootId: 5 }];
    for (const method of ['fs/changes', 'fs/listdir', 'fs/fetchall', 'status/exact', 'status/subscribe']) {
      for (const params of malformed) {
        await assert.rejects(client.connection.sendRequest(method, params), `${method} ${JSON.stringify(params)}`);
      }
    }
    for (const wrong of [{ limit: 0 }, { limit: 'x' }, { since: 5 }, { deadline: '5' }, { system: {} }]) {
      await assert.rejects(client.ask('fs/changes', root, wrong), JSON.stringify(wrong));
    }
    const other = { exact: false, why: 'another directory is at the root' };
    assert.deepEqual(await client.ask('status/exact', root, { rootId: '1:2' }), other);
    await assert.rejects(client.ask('status/subscribe', root, { rootId: '1:2' }), /another directory/);
    for (const at of [rig.base, 'relative', `${root}/.`]) {
      const answer = await client.ask<wire.Inexact>('status/exact', root, { root: at });
      assert.equal(answer.exact, false, at);
      await assert.rejects(client.ask('status/subscribe', root, { root: at }), /repository|absolute/);
    }
    assert.equal((await client.ask<wire.StatusResult>('status/exact', root)).exact, true);
  });
});
