// A repository whose commits are made from VS Code, with an hg that records what is run.
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, initRepository, fakeHg }) {
  initRepository(directory, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n', 'folder/old.txt': 'to be renamed\n' });
  return {
    open: directory,
    settings: { 'quicksilver.useEditorAsCommitInput': false, 'quicksilver.commitUntrackedFiles': 'ask' },
    env: fakeHg({ passThrough: true }),
    data: { hg: findHg() },
  };
}
