// A repository with a subrepository that has one itself, below folders that nothing is looked for in; one of Git, which is
// listed only; and one that is not there.
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const below = name => path.join(directory, name);
  initRepository(below('libs/deep/one/inner'), { 'i.txt': 'i\n' });
  initRepository(below('libs/deep/one'), { '.hgsub': 'inner = inner\n', 'f.txt': 'f\n' });
  initRepository(directory, { '.hgsub': 'libs/deep/one = one\n', 'a.txt': 'a\n' });
  writeFiles(directory, {
    '.hgsub': 'libs/deep/one = one\nlibs/git = [git]https://example.org/git\nlibs/none = none\n',
  });
  hg(directory, 'status');
  return {
    open: directory,
    settings: { 'quicksilver.autoRepositoryDetection': false },
    env: fakeHg(),
    data: { hg: findHg() },
  };
}
