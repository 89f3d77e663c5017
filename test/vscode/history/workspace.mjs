// A file that two users changed, in a window that is not trusted. The hg on the PATH records its calls.
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, { 'old.txt': 'one\ntwo\nthree\n' });
  writeFiles(directory, { 'old.txt': 'one\nTWO\nthree\n' });
  const ann = ['--user', 'Ann Lee <ann@example.org>', '--date', '2024-05-06 07:08 +0000'];
  hg(directory, 'commit', ...ann, '--message', 'Change the second line');
  hg(directory, 'rename', 'old.txt', 'file.txt');
  hg(directory, 'commit', '--user', 'Ben <ben@example.org>', '--message', 'Rename the file');
  return { open: directory, trusted: false, env: fakeHg({ passThrough: true }), data: { hg: findHg() } };
}
