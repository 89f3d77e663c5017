// A password that stands in an address is in no message, list, log, row or report, whatever hg says and wherever it fails.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { doctorReport } from '../../src/server/doctor.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import { CommandBench, person, said } from '../support/commandBench.ts';

const SECRET = 's3:cr@t';
const WHOLE = `http://joe:${SECRET}@127.0.0.1:9/x`;
/** hg repeats these as they are: an unknown scheme, a host that is an option. */
const REPEATED = [`foo://joe:${SECRET}@example.invalid/x`, `ssh://-oProxy:${SECRET}@example.invalid/x`];
const LONG = `http://joe:${SECRET}${'x'.repeat(300)}@127.0.0.1:9/x`;

test('no password of an address is told or logged', async t => {
  const bench = await CommandBench.start(t, {
    prepare: sandbox => {
      sandbox.write('repo', 'a', 'a\n');
      sandbox.hg('repo', ['commit', '-q', '-A', '-m', 'first']);
      const paths = [`default = ${WHOLE}`, ...REPEATED.map((url, i) => `evil${i} = ${url}`), `long = ${LONG}`];
      // hg tells hooks the address, and these say all they know where a failed command is logged.
      const hooks = ['incoming', 'push'].map(verb => `pre-${verb}.x = echo "$HG_ARGS"; echo "$HG_ARGS" >&2; exit 1`);
      sandbox.write('repo', '.hg/hgrc', `[paths]\n${paths.join('\n')}\n[hooks]\n${hooks.join('\n')}\n`);
    },
  });
  const told: string[] = [];
  const run = async (...given: Parameters<CommandBench['run']>): Promise<string> => {
    await bench.run(...given);
    told.push(said());
    return said();
  };
  await run('pull');
  await run('outgoing');
  for (const path of [...REPEATED, LONG, 'evil0']) {
    for (const command of ['pull', 'push', 'incoming', 'outgoing'] as const) await run(command, { path });
    await run('clone', { source: path, destination: bench.sandbox.path('there'), confirmed: true });
  }
  // A list of all paths, in which an address is entered.
  person.row = rows => rows.at(-1);
  person.text = () => REPEATED[0];
  const list = await run('pullFrom');
  assert.match(list, /joe:\*\*\*@127/);
  assert.match(list, /repository foo:.*joe:\*\*\*@example.invalid.* not found/);
  // A line that is no configuration is part of what is wrong with the repository.
  fs.writeFileSync(`${bench.root}/.hg/hgrc`, `  default = ${WHOLE}\n`);
  await bench.refresh();
  const { state } = bench.repository.model;
  assert.match(JSON.stringify(state), /whitespace.*joe:\*\*\*@127/);
  const report = await doctorReport({ root: bench.root, environment: currentEnvironment(), compare: true });
  assert.match(report, /unexpected leading whitespace/);
  assert.ok(bench.log.lines.some(line => line.includes('hg push')));
  for (const text of [...told, JSON.stringify(state), report, ...bench.log.lines])
    assert.doesNotMatch(text, /s3:|cr@t|s3%3A/, text);
});
