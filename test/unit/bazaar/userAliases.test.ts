// Aliases in the user's settings of Breezy, whatever else stands in the file.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { userAlias } from '../../../src/bazaar/repository/userAliases.ts';
import { Vfs } from '../../../src/files/vfs.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

/** A line that no pattern with several runs of blanks would get through. */
const BLANK = ' '.repeat(100_000);

test('an alias is found among other lines, long ones too', t => {
  const { root } = temporaryDirectory(t);
  const environment = { variables: { BRZ_HOME: root }, homeDirectory: root };
  const alias = (name: string): string | undefined => userAlias(new Vfs(), environment, name);
  assert.equal(alias('st'), undefined);
  fs.mkdirSync(path.join(root, 'breezy'));
  const lines = [
    'st = log',
    '[ ALIASES ] # more',
    `${BLANK}x`,
    `[${BLANK}x`,
    'st',
    '# st = cat',
    ` st =${BLANK}status -S `,
  ];
  fs.writeFileSync(
    path.join(root, 'breezy', 'breezy.conf'),
    [...lines, 'empty=', '[other]', 'st = cat', ''].join('\n'),
  );
  assert.deepEqual([alias('st'), alias('empty'), alias('')], ['status -S', '', undefined]);
});
