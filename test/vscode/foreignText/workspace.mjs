// A repository in which everything that has a name is hostile: links, icons, control characters and what is not seen, in
// files, rules, branch, bookmark, tag, summaries, authors, the path of its remote, and in its folder.
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

const link = '[hostile](command:hostile.run)';
const icon = '$(flame)';
const unseen = '\u202e\u200b';
const name = `${icon} [hostile](name)${unseen}`;
const text = `${link} ${icon}${unseen}\x1b[31m`;

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  const folder = `r ${icon} [hostile](folder)`;
  const root = path.join(directory, folder);
  const rule = '^x\\.txt$|[hostile](command:hostile.run)|$(flame)';
  const file = `a ${icon} [hostile](command:hostile.run) \x1b.txt`;
  initRepository(root, { [file]: 'one\n', 'b.txt': 'b\n', 'c.txt': 'c\n', '.hgignore': `${rule}\n` });
  const commit = message =>
    hg(root, 'commit', '--addremove', '--user', `Eve ${text} <eve@e.example>`, '--message', message);
  hg(root, 'branch', '--', `branch ${name}`);
  writeFiles(root, { 'b.txt': 'on the branch\n', [file]: 'two\n' });
  commit(`summary ${text}\n\nbody ${text}`);
  writeFiles(root, { 'b.txt': 'another head\n' });
  commit(`head ${text}`);
  hg(root, 'update', '--rev', '1');
  writeFiles(root, { 'c.txt': 'c on the branch\n' });
  commit(`parent ${text}`);
  hg(root, 'tag', '--local', '--', `tag ${name}`);
  hg(root, 'bookmark', '--', `bookmark ${name}`);
  writeFiles(root, { [file]: 'three\n', 'x.txt': 'ignored\n', [`new ${file}`]: 'new\n' });
  writeFiles(root, { '.hg/hgrc': `[paths]\ndefault = ./${link} ${icon}\n` });
  return { open: root, env: fakeHg({ passThrough: true }), data: { hg: findHg(), file, link, icon } };
}
