// A repository with changes, two of which are to be committed, and some programs that are not the hg they should be.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, initRepository, writeFiles, fakeHg }) {
  const work = path.join(directory, 'work');
  fs.mkdirSync(work);
  initRepository(work, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' });
  writeFiles(directory, {
    'tools/old-hg': "#!/bin/sh\necho 'Mercurial Distributed SCM (version 4.9)'\n",
    'tools/other-hg': "#!/bin/sh\necho 'something else'\n",
  });
  for (const name of ['old-hg', 'other-hg']) fs.chmodSync(path.join(directory, 'tools', name), 0o755);
  return {
    open: work,
    settings: { 'quicksilver.commitUntrackedFiles': 'never', 'quicksilver.useEditorAsCommitInput': false },
    env: fakeHg({ passThrough: true }),
    data: { hg: findHg() },
  };
}
