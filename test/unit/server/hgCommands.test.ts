import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CancellationToken } from 'vscode-jsonrpc';
import { currentEnvironment } from '../../../src/files/environment.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { HgCommands } from '../../../src/server/hgCommands.ts';
import type { HgRun } from '../../../src/server/hgProtocol.ts';
import { callOf } from '../../support/hgCalls.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { FakeHg } from '../hgCommand/fakeHg.ts';

const options = { skip: process.platform === 'win32' };

function rig(
  t: TestContext,
  allow?: boolean,
): {
  readonly fake: FakeHg;
  readonly commands: HgCommands;
  readonly run: (verb: string, ...operands: string[]) => Promise<string>;
  /** As `run`, in the fake's folder as a repository. */
  readonly change: (verb: string, ...operands: string[]) => Promise<string>;
} {
  const fake = new FakeHg(t);
  const commands = new HgCommands({
    vfs: new Vfs(),
    environment: { ...currentEnvironment(), variables: fake.variables() },
    logger: new RecordingLogger(),
    programs: undefined,
    ask: async () => Promise.resolve(undefined),
    onProgress: () => undefined,
    follow: async () => Promise.resolve(),
  });
  t.after(() => commands.dispose());
  if (allow !== undefined) commands.setPolicy({ allow, fallback: false, path: '' });
  let id = 0;
  const perform = async (run: Pick<HgRun, 'root' | 'verb' | 'operands' | 'kind'>): Promise<string> => {
    const whole = { cwd: fake.directory.root, id: id++, isInteractive: false, ...run };
    const result = await commands.run(whole, CancellationToken.None);
    return result.kind === 'ended' ? result.output : result.message;
  };
  return {
    fake,
    commands,
    run: (verb, ...operands) => perform({ root: null, ...callOf(verb, ...operands), kind: 'network' }),
    change: (verb, ...operands) => perform({ root: fake.directory.root, ...callOf(verb, ...operands), kind: 'write' }),
  };
}

test('a command for the network that is refused does not stand in the way of the next ones', options, async t => {
  const { fake, run } = rig(t, true);
  const refused = run('clone', '\0');
  const waits = run('clone', 'a');
  await assert.rejects(refused, { code: 'usage', message: 'an argument of hg has a zero byte' });
  assert.equal(await waits, 'process a');
  assert.equal(await run('clone', 'b'), 'process b');
  assert.deepEqual(fake.calls, ['process clone a', 'process clone b']);
});

test('a repository that is opened again waits for what was begun before it was closed', options, async t => {
  const { fake, commands, change } = rig(t, true);
  const begun = change('until-gate');
  await fake.called('process until-gate');
  commands.close(fake.directory.root);
  const next = change('commit', 'a');
  commands.close(fake.directory.root);
  const last = change('commit', 'b');
  fake.openGate();
  assert.deepEqual(await Promise.all([begun, next, last]), [
    'went through',
    `${fake.directory.root} was closed before hg was asked.`,
    'process b',
  ]);
  assert.deepEqual(fake.calls, ['process until-gate', 'process commit b']);
});

test('a changed path of hg lets what runs end, and is that of the next command', options, async t => {
  const { fake, commands, change } = rig(t, true);
  const begun = change('until-gate');
  await fake.called('process until-gate');
  commands.setPolicy({ allow: true, fallback: false, path: '/nowhere/hg' });
  const next = change('commit', 'a');
  fake.openGate();
  assert.equal(await begun, 'went through');
  assert.equal(await next, "'/nowhere/hg' (quicksilver.path) was not found or is not executable.");
});

for (const allow of [undefined, false]) {
  const state = allow === undefined ? 'the settings have arrived' : 'it is allowed';
  test(`nothing is started before ${state}`, options, async t => {
    const { fake, commands, run } = rig(t, allow);
    const problem = 'hg runs only in a workspace that you trust.';
    assert.equal(await run('clone', 'a'), problem);
    assert.deepEqual(await commands.find(true), { path: '', version: '', problem });
    assert.deepEqual(fake.calls, []);
  });
}
