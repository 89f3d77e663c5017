// A repository with a filter for files that another file lists, which only hg can answer for, and beside it one that
// is supported. The hg on the PATH records its calls and then is the real one.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const strange = path.join(directory, 'strange');
  const plain = path.join(directory, 'plain');
  fs.mkdirSync(strange);
  fs.mkdirSync(plain);
  initRepository(plain, { 'a.txt': 'a\n' });
  writeFiles(plain, { 'a.txt': 'changed, and longer\n' });
  makeStrange({ strange, hg, initRepository, writeFiles });
  return { open: directory, env: fakeHg({ passThrough: true }), data: { hg: findHg() } };
}

/** Changes of each kind, and a file whose line ends are others, which is clean. */
export function makeStrange({ strange, hg, initRepository, writeFiles }) {
  initRepository(strange, {
    'ends.txt': 'one\n',
    'gone.txt': 'gone\n',
    'modified.txt': 'before\n',
    'old.txt': 'old\n',
  });
  writeFiles(strange, { '.hgeol': '[patterns]\n**.txt = native\n' });
  hg(strange, 'commit', '-A', '-m', 'line ends', '.hgeol');
  fs.appendFileSync(
    path.join(strange, '.hg', 'hgrc'),
    '[extensions]\neol =\n[eol]\nnative = CRLF\n[encode]\ninclude:.hg/none = cat\n',
  );
  fs.writeFileSync(path.join(strange, '.hg', 'none'), '\\.none$\n');
  hg(strange, 'rename', 'old.txt', 'new.txt');
  writeFiles(strange, { 'ends.txt': 'one\r\n', 'modified.txt': 'after\r\n', 'unknown.txt': 'unknown\n' });
  fs.rmSync(path.join(strange, 'gone.txt'));
}
