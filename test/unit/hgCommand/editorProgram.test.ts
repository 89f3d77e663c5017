import assert from 'node:assert/strict';
import { exec } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { editorCommand, EditorProgram, type EditMessage } from '../../../src/hgCommand/editorProgram.ts';
import { globalOptions, hgVariables } from '../../../src/hgCommand/hgVariables.ts';
import { bundle } from '../../support/bundle.ts';
import { RecordingLogger } from '../../support/recordingLogger.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

const run = promisify(exec);

interface Rig {
  /** Has hg's file edited as hg does: runs the line with the name of the file after it. Resolves with its content then. */
  readonly edit: (text: string | Buffer, variables?: Readonly<Record<string, string>>) => Promise<string>;
  readonly end: () => void;
}

async function rig(t: TestContext, answer: EditMessage): Promise<Rig> {
  // Neither the shell nor Node may stumble over such a name.
  const directory = temporaryDirectory(t);
  const program = bundle('src/hgCommand/editorMain.ts', path.join(directory.root, "it's $HOME", 'editor.cjs'));
  const editor = new EditorProgram({ program, logger: new RecordingLogger() });
  t.after(() => editor.dispose());
  const begun = await editor.begin(answer);
  return {
    end: () => begun.dispose(),
    edit: async (text, variables = {}) => {
      const file = path.join(directory.root, 'hg editor.txt');
      fs.writeFileSync(file, text);
      await run(`${begun.editor} "${file}"`, {
        env: { ...process.env, ...editor.variables(), ...variables },
      });
      return fs.readFileSync(file, 'utf8');
    },
  };
}

test('what hg proposes is sent, and what comes back is written', async t => {
  const seen: string[] = [];
  const { edit } = await rig(t, async text => {
    seen.push(text);
    return Promise.resolve('Bess\u00e8r "so"\n');
  });
  assert.equal(await edit('vorl\u00e4ufig\nHG: help\n'), 'Bess\u00e8r "so"\n');
  assert.deepEqual(seen, ['vorl\u00e4ufig\nHG: help\n']);
});

test('without an answer the message stays, and the editor has not failed', async t => {
  const { edit, end } = await rig(t, async () => Promise.resolve(undefined));
  assert.equal(await edit('proposed\n'), 'proposed\n');
  assert.equal(await edit('proposed\n', { QUICKSILVER_EDITOR_ADDRESS: '/nowhere.sock' }), 'proposed\n');
  assert.equal(await edit('proposed\n', { QUICKSILVER_EDITOR_SECRET: 'guessed' }), 'proposed\n');
  end();
  assert.equal(await edit('proposed\n'), 'proposed\n');
});

test('a failure of who edits leaves the message, too', async t => {
  const { edit } = await rig(t, async () => Promise.reject(new Error('no window')));
  assert.equal(await edit('proposed\n'), 'proposed\n');
});

test('what is no UTF-8 is not shown', async t => {
  let isAsked = false;
  const { edit } = await rig(t, async () => {
    isAsked = true;
    return Promise.resolve('x');
  });
  await edit(Buffer.from('caf\xe9', 'latin1'));
  assert.equal(isAsked, false);
});

test('every other command has an editor that fails, whatever the person has set', async () => {
  const { HGEDITOR } = hgVariables({ HGEDITOR: 'vi' });
  assert.equal(HGEDITOR, undefined);
  for (const changes of [false, true]) {
    const { settings } = globalOptions({ root: '/r', cwd: '/r', isInteractive: changes, changes });
    const [setting] = settings.filter(option => option.startsWith('ui.editor='));
    assert.ok(setting !== undefined);
    await assert.rejects(run(`${setting.slice('ui.editor='.length)} "file"`));
  }
});

test('the line leaves the paths to the environment', () => {
  assert.equal(editorCommand('linux'), 'ELECTRON_RUN_AS_NODE=1 "$QUICKSILVER_EDITOR_NODE" "$QUICKSILVER_EDITOR_MAIN"');
  assert.equal(
    editorCommand('win32'),
    'set ELECTRON_RUN_AS_NODE=1&& "%QUICKSILVER_EDITOR_NODE%" "%QUICKSILVER_EDITOR_MAIN%"',
  );
});
