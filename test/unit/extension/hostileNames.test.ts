import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { COMMAND_NAMES, CommandBench, person } from '../../support/commandBench.ts';
import {
  hostileArguments,
  hostileName,
  HOSTILE_ADDRESS,
  HOSTILE_FILES,
  HOSTILE_SHELF,
  prepareHostile,
} from '../../support/hostileNames.ts';

/** An hg that writes down the words of each command, and knows only hostile names. */
const FAKE = `#!${process.execPath}
const name = process.env.FAKE_NAME;
const node = 'a'.repeat(40);
const row = {
  node, rev: 1, branch: name, bookmark: name, bookmarks: [name], tag: name, tags: [name], phase: 'draft', user: name,
  date: '1 0', summary: name, desc: name, closes: null, active: true, type: 'local', name, url: name,
  p1node: '0'.repeat(40), p2node: '0'.repeat(40), predecessors: [], amended: null, children: 0,
};
const template = [{ name: 'committemplate.changeset', value: name }, { name: 'committemplate.x', value: name }];
function answer(words) {
  const verb = words.find(word => !word.startsWith('-'));
  require('node:fs').appendFileSync(process.env.FAKE_LOG, JSON.stringify(words) + '\\n');
  if (verb === 'config') return JSON.stringify(template);
  const [, frame] = /^--template=([-0-9a-f]{36})/m.exec(words.join('\\n')) ?? [];
  if (frame !== undefined) return frame + JSON.stringify(row) + '\\n';
  return words.includes('--list') ? process.env.FAKE_SHELF + '\\n' : '';
}
function frame(channel, data) {
  const header = Buffer.from(channel + '....');
  header.writeUInt32BE(data.length, 1);
  process.stdout.write(Buffer.concat([header, Buffer.from(data)]));
}
if (!process.argv.includes('serve')) process.stdout.write('Mercurial Distributed SCM (version 6.3.2)\\n');
else {
  frame('o', 'capabilities: runcommand\\n');
  let bytes = Buffer.alloc(0);
  process.stdin.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk]);
    const begin = 'runcommand\\n'.length + 4;
    if (bytes.length < begin || bytes.length < begin + bytes.readUInt32BE(begin - 4)) return;
    frame('o', answer(bytes.subarray(begin).toString().split('\\0')));
    frame('r', Buffer.alloc(4));
    bytes = Buffer.alloc(0);
  });
}
`;

const OURS_BEFORE = /^--(?:noninteractive$|repository=\/|cwd=\/|config=(?:ui|storage|extensions|templatealias)\.\w)/;
const WITH_VALUE = /^--(?:bookmark|branch|message|name|rename|rev|template)=/;

test('no command of the extension gives hg a foreign text in the place of an option', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      prepareHostile(sandbox);
      fs.mkdirSync(sandbox.path('bin'));
      fs.writeFileSync(sandbox.path('bin/hg'), FAKE, { mode: 0o755 });
      // Files with each of the states that a command is about.
      sandbox.write('repo', 'plain', 'changed\n', 1_000_000_400);
      for (const file of [...HOSTILE_FILES, hostileName(sandbox)])
        sandbox.write('repo', file, 'changed\n', 1_000_000_400);
      sandbox.write('repo', `${hostileName(sandbox)}.untracked`, '');
    },
    variables: sandbox => ({
      PATH: `${sandbox.path('bin')}${delimiter}${process.env['PATH']}`,
      FAKE_NAME: hostileName(sandbox),
      FAKE_SHELF: HOSTILE_SHELF,
      FAKE_LOG: sandbox.path('words'),
    }),
  });
  const name = hostileName(bench.sandbox);
  person.row = rows => rows.find(({ label }) => label.includes(name)) ?? rows[0];
  person.text = value => (value === '' ? name : value);
  const given = hostileArguments(bench);
  const words = (): string[][] =>
    fs
      .readFileSync(bench.sandbox.path('words'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as string[]);
  fs.writeFileSync(bench.sandbox.path('words'), '');
  bench.repository.view.sourceControl.inputBox.value = name;
  for (const command of COMMAND_NAMES) await bench.run(command, ...(given[command] ?? []));
  const foreign = [name, HOSTILE_ADDRESS, HOSTILE_SHELF, ...HOSTILE_FILES];
  const carrying = new Set<string>();
  for (const call of words()) {
    const at = call.findIndex(word => !word.startsWith('-'));
    const end = call.includes('--') ? call.indexOf('--') : call.length;
    const verb = call[at]!;
    const isForeign = (word: string): boolean => foreign.some(text => word.includes(text));
    for (const word of call.slice(0, at)) {
      assert.match(word, OURS_BEFORE, call.join(' '));
      if (isForeign(word)) assert.match(word, /^--config=templatealias\.x=/, call.join(' '));
    }
    for (const word of call.slice(at + 1, end)) {
      assert.match(word, /^--[a-z][a-z-]*(?:=|$)/, call.join(' '));
      if (isForeign(word)) assert.match(word, WITH_VALUE, call.join(' '));
    }
    if (call.slice(at + 1).some(isForeign)) carrying.add(verb);
  }
  assert.deepEqual([...carrying].sort(), EXPECTED);
});

/** The commands that were seen with a foreign text. Updates and merges get ids. */
const EXPECTED: readonly string[] =
  'add addremove bookmark branch clone copy forget incoming log outgoing pull push remove rename revert shelve tag unshelve'.split(
    ' ',
  );
