import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { CancellationToken } from 'vscode-jsonrpc';
import { currentEnvironment } from '../../../src/mercurial/config/environment.ts';
import { Vfs } from '../../../src/mercurial/vfs.ts';
import { HgCommands } from '../../../src/server/hgCommands.ts';
import type { HgRun } from '../../../src/server/hgProtocol.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { FakeHg } from '../hgCommand/fakeHg.ts';

const options = { skip: process.platform === 'win32' };

function rig(
  t: TestContext,
  allow: boolean,
): { readonly fake: FakeHg; readonly run: (...args: string[]) => Promise<string> } {
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
  commands.setPolicy({ allow, fallback: false, path: '' });
  let id = 0;
  return {
    fake,
    run: async (...args) => {
      const run: HgRun = {
        root: null,
        cwd: fake.directory.root,
        id: id++,
        args,
        kind: 'network',
        isInteractive: false,
      };
      const result = await commands.run(run, CancellationToken.None);
      return result.kind === 'ended' ? result.output : result.message;
    },
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

test('nothing is started before it is allowed', options, async t => {
  const { fake, run } = rig(t, false);
  assert.equal(await run('clone', 'a'), 'hg runs only in a workspace that you trust.');
  assert.deepEqual(fake.calls, []);
});
