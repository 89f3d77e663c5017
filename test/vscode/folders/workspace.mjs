// A workspace of several folders: a repository, a folder below the root of another one, a repository with a second one
// nested in it and a third in that, and one that is switched off in the settings of its folder.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, initRepository, writeFiles, fakeHg }) {
  const make = (name, files) => initRepository(path.join(directory, name), files);
  make('alpha', {
    'a.txt': 'a\n',
    'latin.txt': Buffer.from('caf\u00e9\n', 'latin1'),
    '.vscode/settings.json': '{ "files.encoding": "iso88591" }\n',
  });
  make('beta', { 'b.txt': 'b\n', 'sub/s.txt': 's\n', 'sub/deep/d.txt': 'd\n' });
  make('outer', { 'o.txt': 'o\n', 'sub/s.txt': 's\n' });
  make('outer/nested', { 'n.txt': 'n\n' });
  make('outer/nested/deep/inmost', { 'i.txt': 'i\n' });
  make('silent', { 's.txt': 's\n', '.vscode/settings.json': '{ "quicksilver.enabled": false }\n' });
  // Links to a folder of a repository and to a whole one. Windows has none without rights.
  const links = process.platform === 'win32' ? [] : ['site', 'again'];
  if (links.length > 0) {
    fs.symlinkSync('outer/sub', path.join(directory, 'site'));
    fs.symlinkSync('alpha', path.join(directory, 'again'));
  }
  writeFiles(directory, {
    'alpha/a.txt': 'a, changed\n',
    'beta/b.txt': 'b, changed\n',
    'beta/sub/s.txt': 's, changed\n',
    'outer/sub/new.txt': 'new\n',
    'outer/nested/n.txt': 'n, changed\n',
    'outer/nested/deep/inmost/i.txt': 'i, changed\n',
    'silent/s.txt': 's, changed\n',
    'several.code-workspace': JSON.stringify({
      // In another order than that of their names. The first folder stays: without it, VS Code starts extensions anew.
      folders: ['beta/sub', 'outer', 'alpha', 'silent', ...links].map(name => ({ path: name })),
    }),
  });
  return {
    open: path.join(directory, 'several.code-workspace'),
    // A nested repository is shown as deep as it lies: those in repositories are found by the engine.
    env: fakeHg(),
    data: { hg: findHg() },
  };
}
