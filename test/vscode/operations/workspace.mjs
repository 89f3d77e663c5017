// Repositories that are each stopped in one operation, all made from one: two lines that changed the same file. Each is there
// twice: one to go on with, and one, with "-back" at its name, to take it back; of the graft there is a third, "again".
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

const markers = ['--config', 'ui.merge=internal:merge'];
const using = name => ['--config', `extensions.${name}=`];

/** What is done in a copy of the first repository, which stands on "more", above "side". Calls that stop say so. */
const operations = {
  merge: ({ stops }) => stops('merge', '--tool', 'internal:merge', '--rev', 'desc("main")'),
  // It wants a message when it has finished.
  rebase: ({ stops }) => stops('rebase', ...using('rebase'), ...markers, '--collapse', '--dest', 'desc("main")'),
  graft: ({ hg, stops }) => {
    hg('update', '--rev', 'desc("main")');
    stops('graft', ...markers, '--rev', 'desc("side")');
  },
  unshelve: ({ hg, stops, write }) => {
    hg('update', '--rev', 'desc("main")');
    write('a.txt', 'shelved\n');
    hg('shelve', ...using('shelve'), '--name', 'later');
    hg('update', '--rev', 'desc("more")');
    stops('unshelve', ...using('shelve'), ...markers);
  },
  // It wants a message for the changeset that is edited, and one for the two that become one.
  histedit: ({ hg, stops, write }) => {
    const short = text => hg('log', '--rev', `desc("${text}")`, '--template', '{node|short}');
    write('../plan', `edit ${short('side')}\nfold ${short('more')}\n`);
    stops('histedit', ...using('histedit'), '--commands', '../plan', '--rev', 'desc("side")');
  },
  transplant: ({ hg, stops }) => {
    hg('update', '--rev', 'desc("main")');
    stops('transplant', ...using('transplant'), 'desc("side")');
  },
  bisect: ({ hg }) => {
    hg('bisect', '--bad', 'desc("more")');
    hg('bisect', '--good', 'desc("First commit")');
  },
  // hg is killed when it is about to write the last file.
  update: ({ stops, root }) => {
    stops('update', '--config', 'decode.z.txt=kill -9 $PPID', '--rev', 'desc("main")');
    // Another process may get its number: then the lock would be taken for that one's.
    fs.rmSync(path.join(root, '.hg', 'wlock'));
  },
};

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const first = path.join(directory, 'first');
  initRepository(first, { 'a.txt': 'one\n', 'b.txt': 'b\n', 'z.txt': 'z\n' });
  writeFiles(first, { 'a.txt': 'main\n', 'z.txt': 'z, main\n' });
  hg(first, 'commit', '--message', 'main');
  hg(first, 'update', '--rev', '0');
  writeFiles(first, { 'a.txt': 'side\n' });
  hg(first, 'commit', '--message', 'side');
  writeFiles(first, { 'c.txt': 'c\n' });
  hg(first, 'commit', '--addremove', '--message', 'more');
  for (const [name, begin] of Object.entries(operations)) {
    const root = path.join(directory, name);
    copy(first, root);
    begin({
      root,
      hg: (...args) => hg(root, ...args),
      stops: (...args) => {
        try {
          hg(root, ...args);
        } catch (error) {
          if (error.status !== 0) return;
        }
        throw new Error(`hg ${args[0]} was to stop`);
      },
      write: (file, content) => writeFiles(root, { [file]: content }),
    });
    copy(root, `${root}-back`);
  }
  copy(path.join(directory, 'graft'), path.join(directory, 'again'));
  return {
    open: directory,
    settings: { 'quicksilver.resolveOnSave': 'never', 'quicksilver.commitUntrackedFiles': 'never' },
    env: { ...fakeHg({ passThrough: true }), EDITOR: 'false' },
    data: { hg: findHg() },
  };
}

function copy(from, to) {
  fs.cpSync(from, to, { recursive: true, preserveTimestamps: true });
}
