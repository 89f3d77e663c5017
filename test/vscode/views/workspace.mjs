// A folder with three repositories: one with changes and another one inside of it, and one that needs what nobody knows.
import fs from 'node:fs';
import path from 'node:path';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const one = path.join(directory, 'one');
  initRepository(one, {
    '.hgignore': 'syntax: glob\nbuild\n*.log\n',
    'src/modified.txt': 'before\n',
    'src/old.txt': 'to be renamed\n',
    'src/removed.txt': 'removed\n',
    'src/missing.txt': 'missing\n',
    'src/clean.txt': 'clean\n',
  });
  hg(one, 'rename', 'src/old.txt', 'src/new.txt');
  hg(one, 'remove', 'src/removed.txt');
  fs.rmSync(path.join(one, 'src', 'missing.txt'));
  writeFiles(one, {
    'src/modified.txt': 'after, and longer\n',
    'unknown.txt': 'unknown\n',
    'x.log': 'ignored\n',
    'build/deep/out.o': 'ignored\n',
  });
  initRepository(path.join(one, 'nested'), { 'inner.txt': 'inner\n' });
  writeFiles(path.join(one, 'nested'), { 'inner.txt': 'inner, changed\n' });
  const refused = path.join(directory, 'refused');
  initRepository(refused, { 'a.txt': 'a\n' });
  fs.appendFileSync(path.join(refused, '.hg', 'requires'), 'exp-unheard-of\n');
  // No hg is asked for the one that is refused: this is about what is shown when nobody can answer.
  const settings = { 'quicksilver.fallbackToHg': false };
  return { open: directory, settings, env: fakeHg({ passThrough: true }) };
}
