// Files with unsaved changes that are open by a path through a symbolic link. Commands ask about them, or save them, as if
// they were open by the path in the repository. The window knows none of these paths: it may not have looked there yet.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { CommandBench, person, said } from '../support/commandBench.ts';
import type { HgSandbox } from '../support/hgSandbox.ts';
import { settings, Uri, workspace } from '../unit/extension/fakeVscode.ts';

/** A document whose text is not that on disk. A save writes it. */
function open(bench: CommandBench, name: string, text: string): { readonly uri: Uri; isDirty: boolean } {
  const file = bench.sandbox.path(name);
  const document = {
    uri: new Uri('file', file),
    isDirty: true,
    getText: () => text,
    save: async () => {
      fs.writeFileSync(file, text);
      document.isDirty = false;
      return Promise.resolve(true);
    },
  };
  workspace.textDocuments = [...workspace.textDocuments, document];
  return document;
}

async function benchWith(t: TestContext, prepare: (sandbox: HgSandbox) => void): Promise<CommandBench> {
  const answers = { ...person };
  t.after(() => {
    Object.assign(person, answers);
    workspace.textDocuments = [];
  });
  return CommandBench.start(t, { prepare });
}

function link(sandbox: HgSandbox, target: string, name: string): void {
  fs.mkdirSync(path.dirname(sandbox.path(name)), { recursive: true });
  fs.symlinkSync(sandbox.path(target), sandbox.path(name));
}

const WAYS = {
  'the folder of the repository': 'all/sub/file',
  'a folder in it': 'site/file',
  'the file itself': 'plain/file',
  'another repository': 'other/inside/sub/file',
};

function linkAll(sandbox: HgSandbox): void {
  sandbox.hg('.', ['init', 'other']);
  link(sandbox, 'repo', 'all');
  link(sandbox, 'repo/sub', 'site');
  link(sandbox, 'repo/sub/file', 'plain/file');
  link(sandbox, 'repo', 'other/inside');
  sandbox.write('other', 'own', 'own\n');
}

for (const [way, name] of Object.entries(WAYS)) {
  test(`a commit asks about an unsaved file that is open through a link to ${way}`, async t => {
    const bench = await benchWith(t, sandbox => {
      sandbox.write('repo', 'sub/file', 'first\n');
      sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--message', 'first']);
      sandbox.write('repo', 'sub/file', 'second\n');
      linkAll(sandbox);
    });
    const document = open(bench, name, 'third\n');
    const elsewhere = open(bench, 'other/own', 'unsaved\n');
    const asked: string[] = [];
    bench.repository.view.sourceControl.inputBox.value = 'message';
    person.button = (buttons, message) => {
      if (message.endsWith('?')) asked.push(message);
      return buttons[0];
    };
    await bench.run('commitAll');
    assert.match(asked.join('\n'), /^'[^']*\/file' has unsaved changes\. Save before committing\?$/m, said());
    assert.equal(bench.hg('cat', '--rev', 'tip', 'sub/file'), 'third\n', said());
    assert.deepEqual([document.isDirty, elsewhere.isDirty], [false, true]);
  });

  test(`a conflict is resolved as it is in an editor, through a link to ${way}`, async t => {
    const bench = await benchWith(t, sandbox => {
      for (const [text, parent] of [['base'], ['one'], ['two', '0']] as const) {
        if (parent !== undefined) sandbox.hg('repo', ['update', '--quiet', parent]);
        sandbox.write('repo', 'sub/file', `${text}\n`);
        sandbox.hg('repo', ['commit', '--quiet', '--addremove', '--message', text]);
      }
      sandbox.hg('repo', ['merge', '--quiet', '--tool', 'internal:merge'], 1);
      linkAll(sandbox);
    });
    settings.set('quicksilver.resolveOnSave', 'never');
    // A document of the same file without changes comes first: it says nothing about the text.
    open(bench, 'repo/sub/file', 'old\n').isDirty = false;
    open(bench, name, 'both\n');
    await bench.run('markResolved', bench.uri('sub/file'));
    assert.doesNotMatch(said(), /conflict markers/);
    assert.equal(bench.hg('resolve', '--list'), 'R sub/file\n', said());
    assert.equal(fs.readFileSync(bench.sandbox.path('repo/sub/file'), 'utf8'), 'both\n');
  });
}
