// One clean repository with two branches that differ in 1,000 files, a folder that is hidden from VS Code's file watcher,
// and an hg on the PATH that must not be called. The tests start the real one by its full path.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, {
    '.hgignore': 'syntax: glob\n*.log\nbuild\n',
    'src/saved.txt': 'saved\n',
    'src/shell.txt': 'shell\n',
    'src/removed.txt': 'to be removed\n',
    'cmd/copied.txt': 'to be copied\n',
    'cmd/old.txt': 'to be renamed\n',
    'cmd/removed.txt': 'to be removed\n',
    'cmd/kept.txt': 'kept\n',
    'folder/inner/one.txt': 'one\n',
    'folder/two.txt': 'two\n',
    'hidden/tracked.txt': 'tracked\n',
    ...manyFiles('short'),
  });
  hg(directory, 'branch', 'stable');
  writeFiles(directory, manyFiles('another, longer'));
  fs.rmSync(path.join(directory, 'many', '00', '00.txt'));
  writeFiles(directory, { 'many/00/new.txt': 'on this branch only\n' });
  hg(directory, 'addremove', '--similarity', '0');
  hg(directory, 'commit', '--message', 'Stable');
  hg(directory, 'update', 'default');
  writeFiles(directory, { 'x.log': 'ignored\n', 'build/deep/out.o': 'ignored\n' });
  return {
    open: directory,
    settings: {
      'files.watcherExclude': { '**/hidden/**': true },
      // Colours that are in no theme: what has one of them has it from us.
      'workbench.colorCustomizations': {
        'quicksilver.modifiedResourceForeground': '#a01000',
        'quicksilver.untrackedResourceForeground': '#00a020',
        'quicksilver.missingResourceForeground': '#3000a0',
        'quicksilver.ignoredResourceForeground': '#405060',
      },
    },
    env: fakeHg(),
    data: { hg: findHg() },
  };
}

function manyFiles(text) {
  const numbers = count => Array.from({ length: count }, (_, number) => String(number).padStart(2, '0'));
  return Object.fromEntries(
    numbers(20).flatMap(folder =>
      numbers(50).map(file => [`many/${folder}/${file}.txt`, `${text} ${folder} ${file}\n`]),
    ),
  );
}
