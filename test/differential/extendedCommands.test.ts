// Our extension of hg beside plain hg: each command that asks for the status of the working copy prints the same, and
// the server has answered.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { it } from 'node:test';
import { promisify } from 'node:util';
import { DaemonRig } from '../support/daemonRig.ts';
import { ACCEPTED, extensionFor, OTHER_MOUNTS } from '../support/hgExtension.ts';
import { hgEnvironment } from '../support/hgServer.ts';

const skip = process.platform === 'linux' ? false : 'only Linux has exact answers';
const COMMANDS = [
  ['status', '-mardu', '-C'],
  ['status', '-n'],
  ['summary'],
  ['identify'],
  ['diff', '--git'],
  ['diff', '--stat'],
] as const;

it('status, summary, identify and diff print what plain hg prints', { skip, timeout: 300_000 }, async t => {
  const rig = new DaemonRig();
  t.after(() => rig.dispose());
  const root = path.join(rig.base, 'repo');
  const env = { ...hgEnvironment(), ...rig.variables };
  const hg = (...args: readonly string[]): string =>
    execFileSync('hg', ['-R', root, ...args], { env, encoding: 'utf8' });
  const write = (name: string, text: string): void => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  };
  execFileSync('hg', ['init', root], { env });
  for (const name of ['a', 'b', 'd/c', 'd/gone', 'd/removed']) write(name, `${name}\n`);
  write('.hgignore', 'syntax: glob\n*.o\n');
  hg('commit', '-qA', '-m', 'first', '-u', 'test');
  const states = [
    () => undefined,
    () => {
      write('a', 'changed\n');
      write('d/c', 'D/C\n');
      fs.rmSync(path.join(root, 'd/gone'));
    },
    () => {
      hg('remove', '-q', path.join(root, 'd/removed'));
      hg('copy', '-q', path.join(root, 'b'), path.join(root, 'd/copy'));
      for (const name of ['new', 'x.o']) write(name, name);
    },
  ];
  await rig.daemon().start();
  const config = [`extensions.quicksilver=${extensionFor(rig)}`, 'quicksilver.timeout=20'];
  const options = config.flatMap(item => ['--config', item]);
  let isElsewhere = false;
  for (const [state, change] of states.entries()) {
    change();
    while (!(await rig.answer('status', root)).startsWith('exact')) t.signal.throwIfAborted();
    for (const command of COMMANDS) {
      // Not at once: the server runs in this process.
      const run = async (...more: readonly string[]): Promise<string> => {
        const { stdout, stderr } = await promisify(execFile)('hg', [...command, ...more], { cwd: root, env });
        return stdout + stderr;
      };
      const where = `state ${state}, ${command.join(' ')}`;
      assert.equal(await run(...options), await run(), where);
      const out = await run('--debug', ...options);
      isElsewhere ||= out.includes(OTHER_MOUNTS);
      assert.ok(isElsewhere || out.includes(ACCEPTED), `${where}: ${out}`);
    }
  }
});
