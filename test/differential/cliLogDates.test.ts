// `quicksilver log --date` selects what `hg log --date` selects. In another time zone: QUICKSILVER_DATES_ZONE.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { hgIn, sameAnswer, type Run } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const ZONE = process.env['QUICKSILVER_DATES_ZONE'] ?? 'UTC';

const FIXED = [
  ...['2006-12-06 13:18:29', '2006-12-06 00:00', '2006-12-31 23:59:59', '2007-01-01 00:00', '2007-02-28 12:00'],
  ...['2024-02-29 12:00', '2006-07-06 13:18:29', '1970-01-02', '2006-12-06 01:18:29 +0200'],
];

const SPECS = [
  ...['Wed Dec 6 13:18:29 2006', 'Dec 6 13:18 -0600', 'Dec 6 13:18 UTC', 'Dec 6', '13:18', '3:39', '3:39pm', '12:01AM'],
  ...['2006-12-06 13:18:29', '2006-12-6 13:18', '2006-12-6', '12-6', '12/6', '12/6/6', '12/6/06', '12/6/2006'],
  ...['12/6/70', 'today', 'yesterday', 'now', '1165411109 0', '0 0', '7 0', '<2006-12-6', '>2006-12-6', '<now', '>now'],
  ...['2006-12 to 2007-1', '2006', '2006-12', 'Dec 2006', 'dec', '-2', '-0', '--1', '', ' ', '<', '>', 'x', '2007-2'],
  ...['2024-2', '<2007-2', 'february 2007', '2006-12-06T13:18:29', '2006-12-06T13:18:29Z', '2006-12-06T13:18'],
  ...['2006-12-06T13:18:29+00:00', '20061206', '2006-12-06 1:18PM', '2006-12-06 131829', '  2006 ', '2006 to', '-x'],
  ...['2006-07-06', '2006-07', 'Jul 2006', '2006-07-06 13:18:29', '>-2', 'Wed, 6 Dec 2006 13:18:29', '13:18:29'],
  ...['Wed, 06 Dec 2006 13:18:29 +0000', 'Wed Dec  6 13:18:29 2006 GMT', '1:18:29pm', 'Dec 6 2006', '2006-13'],
  ...[
    '2006-2-30',
    '99999999999 0',
    '7 999999',
    'Dec 6 1:18PM',
    '2006-12-06 13:18:29.5',
    '1165411109',
    '-1 0',
    '13:18pm',
  ],
  ...[
    '<yesterday',
    '>today',
    'yesterday to today',
    '-1',
    '-3',
    '2006-12-06 13',
    '2006-12-06 1318',
    '2006-12-06 13182',
    'Dec 6 13:18:29',
    '25:00',
    '23:60',
  ],
];

test('dates select the same changesets', async t => {
  const zone = process.env['TZ'];
  process.env['TZ'] = ZONE;
  t.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-dates-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined, ['ui.allowemptycommit=1'], { ...hgEnvironment(), TZ: ZONE });
  t.after(() => server.close());
  await server.run('init', root);
  // Far from the present moment and from each other: both programs must find the same hours on the same side of it.
  const hours = [-54, -30, -13, -6, -3, 3, 6, 13, 30];
  const relative = hours.map(hour => `${Math.floor(Date.now() / 1000) + hour * 3600} 0`);
  for (const date of [...FIXED, ...relative]) {
    const { code, stderr } = await hgIn(server, ['commit', '-m', date, '-d', date], root);
    assert.equal(code, 0, stderr);
  }
  let selected = 0;
  for (const spec of SPECS) {
    const args = ['log', '-q', '-d', spec];
    // Once more if midnight was between the two answers.
    for (let day = -1; day !== new Date().getDate();) {
      day = new Date().getDate();
      const theirs: Run = await hgIn(server, args, root);
      if (day !== new Date().getDate()) continue;
      const { stdout } = await sameAnswer(args, root, theirs).catch((error: unknown) => {
        if (day === new Date().getDate()) throw error;
        return { stdout: '' };
      });
      selected += stdout.split('\n').length - 1;
    }
  }
  assert.ok(selected > 100, String(selected));
});
