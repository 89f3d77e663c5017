// A repository with files to be changed, renamed and committed, and an hg on the PATH that must not be called.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

const redPixel = 'R0lGODdhAQABAIAAAP8AAP8AACwAAAAAAQABAAACAkQBADs=';
const bluePixel = 'R0lGODdhAQABAIAAAAAA/wAA/ywAAAAAAQABAAACAkQBADs=';

export function prepare({ directory, initRepository, hg, writeFiles, fakeHg }) {
  const lines = name => Array.from({ length: 12 }, (_, number) => `${name} ${number + 1}\n`).join('');
  initRepository(directory, {
    '.hgignore': 'syntax: glob\n*.log\n',
    'src/edited.txt': lines('line'),
    'src/other.txt': lines('other'),
    'src/old.txt': lines('old'),
    'src/removed.txt': lines('removed'),
    'src/missing.txt': lines('missing'),
  });
  fs.writeFileSync(path.join(directory, 'pixel.gif'), Buffer.from(redPixel, 'base64'));
  hg(directory, 'commit', '--addremove', '--message', 'A picture');
  hg(directory, 'rename', 'src/old.txt', 'src/new.txt');
  writeFiles(directory, { 'x.log': 'ignored\n', 'unknown.txt': 'unknown\n' });
  return { open: directory, env: fakeHg(), data: { hg: findHg(), bluePixel } };
}
