import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateCall, type ConfigItem } from '../../src/extension/features/commit/configTemplate.ts';
import { framedText, rowsOf, rowTemplate } from '../../src/hgCommand/answerFrame.ts';
import { judgeVersion } from '../../src/hgCommand/hgExecutable.ts';
import { ownWords } from '../../src/hgCommand/hgCall.ts';
import { HgSandbox } from '../support/hgSandbox.ts';
import { noisyHooks } from '../support/noisyHooks.ts';

test('hg renders the template of the configuration as it does for its own editor, whatever hooks write', t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  sandbox.write('repo', 'a', 'a\n');
  sandbox.hg('repo', ['add', 'a']);
  sandbox.write('repo', '.hg/hgrc', noisyHooks('config', 'log'));
  const config = [
    ...['--config', 'committemplate.changeset={desc}Bug: {bug}\\nHG: {extramsg}\\n{stats}'],
    ...['--config', 'committemplate.bug="{ifeq(branch, "default", "none", "a\\"b")} \\{x}"'],
    ...['--config', 'committemplate.stats={files % "HG: {file}\\n"}'],
  ];
  const asked = sandbox.hg('repo', [...config, 'config', 'committemplate', '--template', rowTemplate('name, value')]);
  const items = rowsOf(asked.toString('utf8')).map(row => JSON.parse(row) as ConfigItem);
  const call = templateCall(items, false);
  assert.ok(call);
  const words = [...(call.settings ?? []).map(setting => `--config=${setting}`), ...ownWords(call)];
  assert.equal(framedText(sandbox.hg('repo', words).toString('utf8')), 'Bug: none {x}\nHG: \nHG: a\n');
});

test('the version of hg is known, whatever hooks write', t => {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repo']);
  sandbox.write('repo', '.hg/hgrc', `${noisyHooks('version')}pre-version.y = echo version 1.0\n`);
  const judged = judgeVersion('/hg', 0, sandbox.hg('repo', ['version', '--quiet']).toString('utf8'), '');
  const [, version] = /version (\d+\.\d+)/.exec(sandbox.hg('.', ['version', '--quiet']).toString('utf8')) ?? [];
  assert.deepEqual(judged, { kind: 'found', hg: '/hg', version });
});
