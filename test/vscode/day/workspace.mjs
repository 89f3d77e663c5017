// A repository that was cloned from another one beside it, with a second branch, in which a day's work is done.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const remote = path.join(directory, 'remote');
  const work = path.join(directory, 'work');
  fs.mkdirSync(remote);
  initRepository(remote, {
    '.hgignore': 'syntax: glob\n*.tmp\n',
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    'c.txt': 'c\n',
    'shared.txt': 'one\ntwo\nthree\n',
    'folder/one.txt': 'one\n',
    'folder/deep/two.txt': 'two\n',
  });
  hg(remote, 'branch', 'stable');
  writeFiles(remote, { 'shared.txt': 'one\nstable\nthree\n', 'stable.txt': 'stable\n' });
  hg(remote, 'commit', '--addremove', '--message', 'Stable');
  hg(remote, 'phase', '--public', 'all()');
  hg(remote, 'update', 'default');
  hg(directory, 'clone', 'remote', 'work');
  return {
    open: work,
    settings: {
      'quicksilver.commitUntrackedFiles': 'never',
      'quicksilver.resolveOnSave': 'always',
      'quicksilver.useEditorAsCommitInput': false,
    },
    env: fakeHg({ passThrough: true }),
    data: { hg: findHg() },
  };
}
