// One repository in a window that nobody has trusted. The hg on the PATH records its calls and then is the real one, so
// that it would do harm if it were started.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, {
    '.hgignore': 'syntax: glob\n*.log\n',
    'clean.txt': 'clean\n',
    'modified.txt': 'before\n',
  });
  writeFiles(directory, { 'modified.txt': 'after, and longer\n', 'unknown.txt': 'unknown\n', 'x.log': 'ignored\n' });
  // What a stranger's repository would like to have executed.
  const trap = path.join(path.dirname(directory), 'executed');
  fs.appendFileSync(path.join(directory, '.hg', 'hgrc'), `[hooks]\npre-status = echo executed > ${trap}\n`);
  return { open: directory, trusted: false, env: fakeHg({ passThrough: true }), data: { hg: findHg(), trap } };
}
