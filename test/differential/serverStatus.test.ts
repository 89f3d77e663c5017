// The shared server's exact answers are those of `hg status` at that moment, right after any change; and it touches
// nothing but its own directory. An answer that is refused proves nothing, so refusals are counted.
//   SERVER_ROUNDS=5000 is the long form; SERVER_SEED repeats a run.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { nextTurn } from '../../src/base/async.ts';
import * as protocol from '../../src/server/protocol.ts';
import { hgEnvironment, HgServer, hgStatus, hgStatusSaid } from '../support/hgServer.ts';
import { DaemonRig } from '../support/daemonRig.ts';
import { Random, seedFromEnvironment } from '../support/random.ts';
import { RandomChanges } from '../support/randomChanges.ts';
import { bundle } from '../support/bundle.ts';
import { ACCEPTED, extensionFor, OTHER_MOUNTS } from '../support/hgExtension.ts';
import { WindowRig } from '../support/windowRig.ts';
import { startedPrograms, straceArguments, touchingCalls } from '../support/systemCalls.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';
const ROUNDS = Number(process.env['SERVER_ROUNDS'] ?? 60);
const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0;
const KILLS = Number(process.env['SERVER_KILLS'] ?? 4);
const LEAST_ACCEPTED = 0.98;

/** Resolves when a server answers. */
async function untilUp(rig: DaemonRig): Promise<void> {
  while ((await rig.ask('info')).kind !== 'answer') await nextTurn();
}

/** The programs of docs/server-protocol.md, in order. */
function documentedPrograms(): string[] {
  const page = fs.readFileSync(new URL('../../docs/server-protocol.md', import.meta.url), 'utf8');
  return [...page.matchAll(/```python\n([^]*?)```/g)].map(([, program = '']) => program);
}

describe('the shared server', { skip }, () => {
  const seed = seedFromEnvironment('SERVER_SEED');

  it(`answers as hg does, seed ${seed} (SERVER_SEED=${seed} repeats it)`, async t => {
    const rig = new DaemonRig();
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    const hg = new HgServer(root);
    const environment = { ...hgEnvironment(), ...rig.variables };
    // Without a repository: one that it keeps open may take a state of the same second and size for the one before.
    const extended = new HgServer(undefined, [`extensions.quicksilver=${extensionFor(rig)}`], environment);
    t.after(async () => {
      await hg.close();
      await extended.close();
      rig.dispose();
    });
    const changes = new RandomChanges(root, new Random(seed), hg);
    await changes.begin();
    await rig.daemon().start();
    const place = ['-R', root, '--cwd', root];
    let answers = 0;
    const refused: string[] = [];
    let accepted = 0;
    const declined: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await changes.step();
      const answer = await rig.answer('status', root);
      const expected = hgStatus(root);
      if (typeof expected === 'string') {
        // Rules at which hg aborts.
        assert.match(answer, /^refused/, expected);
        for (const file of ['.hgignore', 'extra.ignore', 'dir/.hgignore']) changes.removeAt(file);
        continue;
      }
      answers++;
      if (answer.startsWith('refused')) {
        refused.push(answer);
        continue;
      }
      const listed = answer
        .slice(answer.indexOf('|entries=') + 9)
        .split('|')
        .slice(1);
      const wanted = expected
        .filter(({ status }) => 'MAR!?'.includes(status))
        .flatMap(({ status, path: at, source }) => [
          `${status} ${at}`,
          ...(source === undefined ? [] : [`  ${source}`]),
        ]);
      const { output, errors } = await extended.run(
        'status',
        ...place,
        '--debug',
        '-0',
        '--config',
        'quicksilver.timeout=5',
      );
      const said = output.slice(0, output.indexOf('\n') + 1);
      // Where hg warns about ignore files, only hg can: nothing else is a reason.
      if (answer.includes('|warning=')) assert.match(said, /a warning is due/);
      else if (said === ACCEPTED) accepted++;
      else declined.push(said);
      const shown = output
        .replace(/^quicksilver: .*\n/, '')
        .split('\0')
        .slice(0, -1);
      // In ignored directories the lines depend on whether ignored files are listed, too.
      const { lines, messages } = hgStatusSaid(root);
      assert.deepEqual(shown.sort(), lines.sort(), `with the extension, round ${round}: ${output}`);
      assert.equal(errors, messages, `messages, round ${round}: ${output}`);
      assert.deepEqual(listed.sort(), wanted.sort(), `round ${round}:\n${changes.log.slice(-3).join('\n')}`);
    }
    t.diagnostic(`${answers} answers, ${refused.length} refused; the extension accepted ${accepted}`);
    // The server refuses a client for which other file systems may lie below the root.
    const isElsewhere = declined.length > 0 && declined.every(said => said.includes(OTHER_MOUNTS));
    assert.ok(
      isElsewhere || accepted >= (accepted + declined.length) * LEAST_ACCEPTED,
      `the extension accepted ${accepted}, but: ${declined.join('; ')}`,
    );
    assert.ok(
      answers - refused.length >= answers * LEAST_ACCEPTED,
      `${answers} answers, refused: ${refused.join('; ')}`,
    );
  });

  it('is not needed: no server, a silent one, and one that answers half leave hg its own answer and no message', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    fs.writeFileSync(path.join(root, 'file'), '');
    const run = async (): Promise<string> => {
      const options = ['--config', `extensions.quicksilver=${extensionFor(rig)}`];
      const { stdout, stderr } = await promisify(execFile)('hg', ['status', ...options], {
        cwd: root,
        env: { ...hgEnvironment(), ...rig.variables },
      });
      return stdout + stderr;
    };
    assert.equal(await run(), '? file\n');
    const half = 'exact\0p1=0\0dirstate=none\0entries=\0? lie\0';
    const dead = '0'.repeat(40);
    const stale = `exact\0p1=${dead}\0p2=${dead}\0dirstate=1 2 3 4\0entries=\0? lie\0end\0\0`;
    for (const said of [undefined, half, stale, 'nonsense', '']) {
      const server = net.createServer(socket => {
        socket.on('error', () => socket.destroy());
        socket.on('data', () => {
          if (said !== undefined) socket.end(said, 'latin1');
        });
      });
      await new Promise<void>(resolve => server.listen(rig.directory.address, resolve));
      assert.equal(await run(), '? file\n', said);
      await new Promise(resolve => server.close(resolve));
    }
    // One that never stops answering.
    const slow = net.createServer(socket => {
      const answering = setInterval(() => socket.write('.'), 20);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => clearInterval(answering));
    });
    await new Promise<void>(resolve => slow.listen(rig.directory.address, resolve));
    assert.equal(await run(), '? file\n');
    await new Promise(resolve => slow.close(resolve));
    fs.chmodSync(rig.directory.path, 0o755);
    assert.equal(await run(), '? file\n');
  });

  it('leaves to hg what its lists name by different letters', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    const env = { ...hgEnvironment(), ...rig.variables };
    const run = (...args: readonly string[]): string => {
      const { stdout, stderr } = spawnSync('hg', args, { cwd: root, env, encoding: 'latin1' });
      return stdout + stderr;
    };
    spawnSync('hg', ['init', root], { env });
    const files = ['ignored/file', 'ignored/gone', 'shown/file'];
    for (const name of files) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      fs.writeFileSync(path.join(root, name), '');
    }
    run('commit', '-qA', '-m', 'one');
    fs.writeFileSync(path.join(root, '.hgignore'), 'ignored\n');
    for (const name of files) fs.rmSync(path.join(root, name));
    fs.mkdirSync(path.join(root, 'shown', 'file'));
    await rig.daemon().start();
    while (!(await rig.answer('status', root)).startsWith('exact'));
    const extension = ['--config', `extensions.quicksilver=${extensionFor(rig)}`, '--config', 'quicksilver.timeout=5'];
    // The server is in this process.
    const asked = async (...args: readonly string[]): Promise<string> => {
      const all = [...args, '--debug', ...extension];
      const { stdout, stderr } = await promisify(execFile)('hg', all, { cwd: root, env });
      return stdout + stderr;
    };
    const compare = async (isAccepted: boolean, ...args: readonly string[]): Promise<void> => {
      const output = await asked('status', ...args);
      const [said = '', ...lines] = output.split('\n');
      assert.equal(lines.join('\n'), run('status', ...args), args.join(' '));
      if (!said.includes(OTHER_MOUNTS)) assert.equal(`${said}\n` === ACCEPTED, isAccepted, said);
    };
    await compare(true);
    fs.mkdirSync(path.join(root, 'ignored', 'file'));
    await compare(false);
    await compare(true, '-mard');
    fs.rmSync(path.join(root, 'ignored', 'file'), { recursive: true });
    // Tracked, but missing: hg warns.
    fs.writeFileSync(path.join(root, '.hgsub'), '');
    run('add', '.hgsub');
    fs.rmSync(path.join(root, '.hgsub'));
    await compare(false);
    run('forget', '.hgsub');
    await compare(true);
  });

  it('answers the client of the documentation', { skip: !HAS_PYTHON && 'there is no Python' }, async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    fs.writeFileSync(path.join(root, 'file'), '');
    await rig.daemon().start();
    await rig.answer('status', root);
    const [program = ''] = documentedPrograms();
    assert.ok(program.split('\n').length <= 12, 'it is short');
    const env = { ...hgEnvironment(), ...rig.variables };
    let lines: string[] = [];
    // A busy machine may need longer than the client waits.
    while (lines[0] !== 'exact') {
      const { stdout } = await promisify(execFile)('python3', ['-c', program, root], { env });
      lines = stdout.split('\n');
    }
    assert.ok(lines.includes('? file'));
    assert.ok(lines.includes('dirstate=none'));
  });

  it('answers the JSON-RPC client of the documentation', { skip: !HAS_PYTHON && 'there is no Python' }, async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    const write = (name: string): void => fs.writeFileSync(Buffer.from(path.join(root, name), 'latin1'), '');
    write('file');
    await rig.daemon().start();
    const [, program = ''] = documentedPrograms();
    assert.ok(program.split('\n').length <= 20, 'it is short');
    const env = { ...hgEnvironment(), ...rig.variables, PYTHONIOENCODING: 'utf-8:surrogateescape' };
    const client = spawn('python3', ['-c', program, root], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    t.after(() => client.kill());
    const exited = once(client, 'exit');
    client.stdout.setEncoding('latin1');
    const said = createInterface({ input: client.stdout })[Symbol.asyncIterator]();
    const nextLine = async (): Promise<unknown> => (await said.next()).value;
    assert.equal(await nextLine(), 'file');
    for (const name of ['a', 'b\xe9']) {
      write(name);
      client.stdin.write('\n');
      assert.equal(await nextLine(), name);
    }
    client.stdin.end();
    assert.deepEqual(await exited, [0, null]);
  });

  it('may be killed at any moment', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'worker.cjs'));
    const env = { ...hgEnvironment(), ...rig.variables };
    const config = [`extensions.quicksilver=${extensionFor(rig)}`, 'quicksilver.timeout=5'];
    const args = ['status', '--debug', ...config.flatMap(item => ['--config', item])];
    const random = new Random(seed);
    let accepted = 0;
    let isElsewhere = false;
    for (let round = 0; round < KILLS; round++) {
      fs.writeFileSync(path.join(root, `file${round}`), '');
      const server = spawn(process.execPath, [program, 'serve', '--foreground'], {
        env,
        stdio: 'ignore',
      });
      const exited = once(server, 'exit');
      await untilUp(rig);
      // Every other one has time to answer; the others die in the middle of it, or before.
      if (round % 2 === 0) while (!(await rig.answer('status', root)).startsWith('exact'));
      const hg = promisify(execFile)('hg', args, { cwd: root, env });
      if (round % 2 === 1) {
        const signal = AbortSignal.timeout(random.below(300));
        await new Promise(resolve => signal.addEventListener('abort', resolve));
      } else {
        await hg;
      }
      server.kill('SIGKILL');
      await exited;
      const { stdout, stderr } = await hg;
      if (stdout.startsWith(ACCEPTED)) accepted++;
      isElsewhere ||= stdout.includes(OTHER_MOUNTS);
      const shown = stdout.replace(/^quicksilver: .*\n/, '');
      const files = Array.from({ length: round + 1 }, (_, i) => `? file${i}\n`);
      assert.equal(shown + stderr, files.sort().join(''), `round ${round}`);
    }
    assert.ok(accepted > 0 || isElsewhere, "some answers were the server's");
  });

  it('writes, locks and starts nothing outside of its directory, and opens no port', async t => {
    const rig = new DaemonRig();
    t.after(() => rig.dispose());
    const root = path.join(rig.base, 'repo');
    spawnSync('hg', ['init', root], { env: hgEnvironment() });
    fs.writeFileSync(path.join(root, 'file'), 'one\n');
    spawnSync('hg', ['commit', '-qA', '-m', 'one', '-u', 'test'], { cwd: root, env: hgEnvironment() });
    const git = path.join(rig.base, 'git');
    for (const name of ['objects', 'refs']) fs.mkdirSync(path.join(git, '.git', name), { recursive: true });
    fs.writeFileSync(path.join(git, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    const program = bundle('src/server/main/workerMain.ts', path.join(rig.base, 'worker.cjs'));
    const log = path.join(rig.base, 'strace.log');
    const traced = [...straceArguments(log, '%network'), process.execPath, program, 'serve', '--foreground'];
    const server = spawn('strace', traced, { env: { ...process.env, ...rig.variables }, stdio: 'ignore' });
    await untilUp(rig);
    const window = new WindowRig(rig);
    t.after(() => window.dispose());
    await window.open(root);
    for (const content of ['two\n', 'three\n']) {
      fs.writeFileSync(path.join(root, 'file'), content);
      fs.writeFileSync(path.join(root, content.trim()), '');
      for (let answer = ''; !answer.startsWith('exact');) answer = await rig.answer('status', root);
      assert.match(await rig.answer('prompt', root), /^prompt\|b:default/);
      for (const method of ['fetchall', 'listdir', 'changes']) {
        assert.doesNotMatch(await rig.answer(method, root, { path: '' }), /^refused/);
      }
      for (let answer = ''; !answer.startsWith('changes');)
        answer = await rig.answer('changes', git, { system: 'git' });
      await window.until(() => window.entries.has(content.trim()));
      const query = { root, path: 'file', revision: 'base', withBytes: true } as const;
      const { kind } = await window.connection.sendRequest(protocol.Content, query);
      assert.equal(kind, 'content');
    }
    spawnSync('hg', ['commit', '-qA', '-m', 'two', '-u', 'test'], { cwd: root, env: hgEnvironment() });
    await window.until(() => window.entries.size === 0);
    assert.ok(window.usesServer);
    // After the end of the server it would leave a marker.
    window.dispose();
    const ended = once(server, 'exit');
    assert.equal(await rig.answer('stop'), 'stopping');
    await ended;
    for (const at of [root, git]) assert.deepEqual(touchingCalls(log, at), []);
    assert.deepEqual(startedPrograms(log), []);
    const lines = fs.readFileSync(log, 'latin1').split('\n');
    assert.deepEqual(
      lines.filter(line => /open(?:at)?\(.*O_CREAT/.test(line) && !line.includes(rig.directory.path)),
      [],
    );
    const sockets = lines.filter(line => /^\d+ +(?:socket|socketpair)\(/.test(line));
    assert.ok(sockets.length > 0, 'the trace has sockets');
    assert.deepEqual(
      sockets.filter(line => !line.includes('(AF_UNIX,')),
      [],
    );
    assert.deepEqual(fs.readdirSync(rig.directory.path).sort(), ['qs1.sock', 'server.log']);
  });
});
