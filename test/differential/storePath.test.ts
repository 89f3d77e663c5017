// Where the real program puts the revlogs of names that make trouble, in every layout it can make.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test } from 'node:test';
import { bytePath, toFsPath } from '../../src/base/bytePath.ts';
import { encodeStorePath, storeLayout } from '../../src/mercurial/store/storePath.ts';
import { requirementsOf } from './storeRepository.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const NAMES = [
  'plain',
  'UPPER/Case_File',
  'mixed.I/x',
  'aux',
  'Aux',
  'con.txt',
  'con/prn/nul/com0/com1/lpt9/lpt0/auxiliary/aux.x.y',
  'foo.',
  'goo./bar./b',
  'sp ace/ lead/trail /x ',
  '.dot/.f',
  '..two/...three/x',
  'a.i/b',
  'a.d/b.d',
  'a.hg/c',
  'a.i.hg/c',
  'b.i',
  'tilde~/~x',
  'quo"te/co:lon/st*r/q?/l<g>/p|pe/back\\slash',
  'ctl\x01\x02/\x1f\x7f/tab\t',
  '\xc3\xa9/\xff\xfe\x80/latin\xe9',
  'under_score/__/_A_',
  '}{|~',
  'x'.repeat(111),
  `${'x'.repeat(112)}y`,
  'x'.repeat(113),
  'x'.repeat(114),
  'x'.repeat(115),
  'Y'.repeat(56),
  'Y'.repeat(57),
  'Y'.repeat(60),
  `${'z'.repeat(200)}.extension`,
  `${'z'.repeat(200)}.`,
  `AUX/AUX.aux/${'L'.repeat(130)}.ext`,
  `${'d'.repeat(40)}/${'E'.repeat(40)}/${'f'.repeat(40)}.txt`,
  `lvl00. /lvl01. /lvl02. /lvl03. /lvl04. /lvl05. /lvl06. /lvl07. /lvl08. /lvl09. /lvl10. /lvl11. /lvl12. /lvl13/x`,
  `1234567./1234567 /12345678/1234567.x/.2345678/ 2345678/aux.5678/${'q'.repeat(100)}`,
  `${'a/'.repeat(58)}x`,
  `${'a/'.repeat(70)}x`,
  `${'abcdefg/'.repeat(20)}x`,
  `${'abcdefgh/'.repeat(20)}x`,
  `${'abcdefghi/'.repeat(8)}${'k'.repeat(60)}.i`,
  `${'deep.i/'.repeat(20)}x.d`,
  `${'\xe9'.repeat(50)}/x`,
  `${'.d'.repeat(60)}/x`,
  `a${'~'.repeat(60)}`,
];

/** Every file below a directory, relative to it, as byte strings. */
function filesBelow(root: string): Set<string> {
  const found = new Set<string>();
  const visit = (directory: Buffer, prefix: string): void => {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true, encoding: 'buffer' })) {
      const name = entry.name.toString('latin1');
      const full = Buffer.concat([directory, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) visit(full, `${prefix}${name}/`);
      else found.add(prefix + name);
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

for (const [name, options, layout] of [
  ['no store', ['format.usestore=0'], 'directories'],
  ['store', ['format.usefncache=0'], 'escaped'],
  ['fncache', ['format.dotencode=0'], 'hashed'],
  ['dotencode', [], 'hashed-dots'],
] as const) {
  test(`${name}: the revlog of every name is where it is looked for`, t => {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-store-'));
    t.after(() => removeTree(directory));
    const root = path.join(directory, 'r');
    const hg = (...args: string[]): void => {
      execFileSync('hg', args, { cwd: directory, env: { ...process.env, HGRCPATH: '', HGPLAIN: '1' }, stdio: 'pipe' });
    };
    hg('init', ...options.flatMap(option => ['--config', option]), 'r');
    // Without a store the names themselves are used, and the file system refuses those that are too long with '.i'.
    const names = NAMES.filter(
      each =>
        !(
          layout === 'escaped' &&
          encodeStorePath(`data/${each}.i`, layout)
            .split('/')
            .some(part => part.length > 255)
        ),
    );
    for (const each of names) {
      const file = toFsPath(root, bytePath(each));
      const parent = toFsPath(root, bytePath(each.includes('/') ? each.slice(0, each.lastIndexOf('/')) : ''));
      fs.mkdirSync(parent, { recursive: true });
      fs.writeFileSync(file, 'x');
    }
    hg('-R', root, 'commit', '-qA', '-m', 'names', '-u', 'me', '-d', '0 0', '--config', 'ui.portablefilenames=ignore');

    const requirements = requirementsOf(path.join(root, '.hg'));
    assert.equal(storeLayout(requirements), layout);
    const store = filesBelow(path.join(root, requirements.has('store') ? '.hg/store' : '.hg'));
    const expected = names.map(each => encodeStorePath(`data/${each}.i`, layout));
    assert.deepEqual(
      expected.filter(each => !store.has(each)),
      [],
    );
    const found = [...store].filter(each => /^(?:data|dh)\/[^]*\.i$/.test(each));
    assert.deepEqual(found.sort(), expected.sort());
  });
}
