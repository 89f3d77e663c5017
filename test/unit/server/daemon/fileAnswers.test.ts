// Answers about files: a directory as it is now, everything that is not clean, and tokens from which a client follows.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { bareRepository, DaemonRig } from '../../../support/daemonRig.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';

interface Answer {
  readonly kind: string;
  readonly values: ReadonlyMap<string, string>;
  readonly lines: readonly string[];
}

async function asked(
  rig: DaemonRig,
  method: string,
  root: string,
  values: Record<string, string> = {},
): Promise<Answer> {
  const [kind = '', ...fields] = (await rig.answer(method, root, values)).split('|');
  const start = fields.findIndex(field => field === 'entries=' || field === 'paths=');
  const facts = start < 0 ? fields : fields.slice(0, start);
  return {
    kind,
    values: new Map(facts.map(field => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)])),
    lines: start < 0 ? [] : fields.slice(start + 1),
  };
}

async function prepare(t: TestContext): Promise<{ readonly rig: DaemonRig; readonly root: string }> {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = bareRepository(path.join(rig.base, 'repo'));
  await rig.daemon().start();
  return { rig, root };
}

/** As the server describes what is at a path. */
function described(file: string): string {
  const stat = fs.lstatSync(file, { bigint: true });
  const type = stat.isFile() ? 'f' : stat.isDirectory() ? 'd' : stat.isSymbolicLink() ? 'l' : 'o';
  return `${type} ${(Number(stat.mode) & 0o7777).toString(8)} ${stat.size} ${stat.mtimeNs}`;
}

describe('listdir', { skip }, () => {
  test('shows a directory as it is, and if changes there will be reported', async t => {
    const { rig, root } = await prepare(t);
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\nbuild\n');
    for (const name of ['src', 'build/out']) fs.mkdirSync(path.join(root, name), { recursive: true });
    fs.writeFileSync(path.join(root, 'src', 'tool'), 'text', { mode: 0o755 });
    fs.symlinkSync('nowhere', path.join(root, 'src', 'link'));
    fs.writeFileSync(Buffer.from(`${root}/src/\xe9`, 'latin1'), '');
    const list = async (at: string): Promise<Answer> => asked(rig, 'listdir', root, { path: at });
    const { kind, values, lines } = await list('src');
    assert.equal(kind, 'directory');
    assert.equal(values.get('followed'), 'yes');
    const source = path.join(root, 'src');
    assert.deepEqual(lines.slice(0, 2), [
      `${described(path.join(source, 'link'))} link`,
      `${described(path.join(source, 'tool'))} tool`,
    ]);
    assert.match(lines[2] ?? '', /^f \d+ 0 \d+ \xe9$/);
    assert.equal((await list('build')).values.get('followed'), 'no');
    assert.equal((await list('build/out')).values.get('followed'), 'no');
    assert.ok((await list('')).lines.some(line => line.endsWith(' .hgignore')));

    fs.writeFileSync(path.join(root, 'src', 'new'), '');
    const since = await asked(rig, 'changes', root, { since: values.get('token')! });
    assert.deepEqual([since.values.get('fresh'), since.lines], ['no', ['src/new']]);
  });

  test('leaves no working copy, and is bounded', async t => {
    const { rig, root } = await prepare(t);
    fs.mkdirSync(path.join(root, 'many'));
    fs.mkdirSync(path.join(rig.base, 'outside'));
    fs.symlinkSync('../outside', path.join(root, 'link'));
    for (const at of ['..', '/', 'many/..', './many', 'many/', 'link', 'link/x', 'absent', '.hg/requires']) {
      assert.match(await rig.answer('listdir', root, { path: at }), /^refused\|why=(the path|there is)/, at);
    }
    for (let i = 0; i <= 10_000; i++) fs.writeFileSync(path.join(root, 'many', String(i)), '');
    assert.match(await rig.answer('listdir', root, { path: 'many' }), /too many entries/);
    assert.match(await rig.answer('fetchall', root), /too many entries/);
  });
});

describe('changes', { skip }, () => {
  test('name each directory that was not followed for a while, and the followed ones on request', async t => {
    const { rig, root } = await prepare(t);
    const rules = path.join(root, '.hgignore');
    fs.writeFileSync(rules, '');
    fs.mkdirSync(path.join(root, 'src', 'deep'), { recursive: true });
    fs.writeFileSync(path.join(root, 'src', 'deep', 'file'), '');
    fs.mkdirSync(path.join(root, 'other'));
    const ask = (since: string, more = {}): Promise<Answer> => asked(rig, 'changes', root, { since, ...more });
    let token = (await ask('')).values.get('token')!;
    const next = async (): Promise<readonly string[]> => {
      const { values, lines } = await ask(token);
      assert.deepEqual([values.get('fresh'), values.get('gaps')], ['no', 'named']);
      token = values.get('token')!;
      return lines;
    };
    assert.deepEqual(await next(), []);
    fs.writeFileSync(rules, 'syntax: glob\nsrc\n');
    const hidden = await next();
    for (const name of ['.hgignore', 'src', 'src/deep']) assert.ok(hidden.includes(name), `${name}: ${hidden.join()}`);
    assert.ok(!hidden.includes('other'));
    // No watch reports it.
    fs.rmSync(path.join(root, 'src', 'deep', 'file'));
    fs.mkdirSync(path.join(root, 'src', 'new'));
    assert.deepEqual(await next(), []);
    fs.writeFileSync(rules, '');
    assert.deepEqual(await next(), ['.hgignore', 'src', 'src/deep', 'src/new']);
    assert.deepEqual(await next(), []);

    const listed = await rig.answer('changes', root, { since: token, directories: 'yes' });
    const followed = listed.split('|').filter(field => field.startsWith('followed='));
    assert.deepEqual(
      followed.sort(),
      ['', 'other', 'src', 'src/deep', 'src/new'].map(name => `followed=${name}`),
    );
  });

  test('tell nested repositories from ignored directories', async t => {
    const { rig, root } = await prepare(t);
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\nbuild\n');
    fs.mkdirSync(path.join(root, 'build'));
    bareRepository(path.join(root, 'inner'));
    const fields = (await rig.answer('changes', root)).split('|');
    const of = (name: string): string[] => fields.filter(field => field.startsWith(`${name}=`)).sort();
    assert.deepEqual(of('incomplete'), ['incomplete=build', 'incomplete=inner']);
    assert.deepEqual(of('nested'), ['nested=inner']);
  });
});

describe('fetchall', { skip }, () => {
  test('has everything that is not clean, and a token from which changes follow', async t => {
    const { rig, root } = await prepare(t);
    fs.writeFileSync(path.join(root, '.hgignore'), 'syntax: glob\nbuild\n');
    fs.mkdirSync(path.join(root, 'build'));
    fs.mkdirSync(path.join(root, 'src'));
    fs.writeFileSync(path.join(root, 'src', 'file'), 'text');
    const first = await asked(rig, 'fetchall', root);
    assert.equal(first.kind, 'everything');
    assert.equal(first.values.get('dirstate'), 'none');
    assert.equal(first.values.get('incomplete'), 'build');
    assert.deepEqual(
      first.lines,
      ['.hgignore', 'src/file'].map(at => `? ${described(path.join(root, at))} ${at}`),
    );

    // A client that holds the first answer and applies changes knows what a new one says.
    const known = new Map(first.lines.map(line => [line.split(' ').slice(5).join(' '), line]));
    let token = first.values.get('token')!;
    for (let round = 0; round < 10; round++) {
      fs.writeFileSync(path.join(root, 'src', `file${round % 3}`), 'x'.repeat(round));
      if (round % 4 === 3) fs.rmSync(path.join(root, 'src', 'file1'), { force: true });
      const { values, lines } = await asked(rig, 'changes', root, { since: token });
      assert.equal(values.get('fresh'), 'no');
      token = values.get('token')!;
      for (const at of lines) {
        const file = path.join(root, at);
        if (!fs.existsSync(file)) known.delete(at);
        else if (fs.lstatSync(file).isFile()) known.set(at, `? ${described(file)} ${at}`);
      }
      assert.deepEqual([...known.values()].sort(), [...(await asked(rig, 'fetchall', root)).lines].sort());
    }
  });
});
