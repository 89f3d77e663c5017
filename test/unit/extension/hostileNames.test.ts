import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { delimiter } from 'node:path';
import { test } from 'node:test';
import { COMMAND_NAMES, CommandBench, person } from '../../support/commandBench.ts';
import {
  FAKE_HG,
  hostileArguments,
  hostileName,
  HOSTILE_ADDRESS,
  HOSTILE_FILES,
  HOSTILE_SHELF,
  prepareHostile,
} from '../../support/hostileNames.ts';

const OURS_BEFORE = /^--(?:noninteractive$|repository=\/|cwd=\/|config=(?:ui|storage|extensions|templatealias)\.\w)/;
const WITH_VALUE = /^--(?:bookmark|branch|message|name|rename|rev|template)=/;

test('no command of the extension gives hg a foreign text in the place of an option', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      prepareHostile(sandbox);
      fs.mkdirSync(sandbox.path('bin'));
      fs.writeFileSync(sandbox.path('bin/hg'), FAKE_HG, { mode: 0o755 });
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
