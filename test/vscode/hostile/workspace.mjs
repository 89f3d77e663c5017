// The gallery of hostile repositories, and some of those of Git and Bazaar, each a folder of one workspace. The programs
// of all systems on the PATH must not be called.
import path from 'node:path';
import { BRZ, bazaarCases, buildBazaarGallery } from '../../support/hostile/bazaarCases.mjs';
import { buildGallery, hostileCases } from '../../support/hostile/gallery.mjs';
import { buildGitGallery, gitCases } from '../../support/hostile/gitCases.mjs';
import { findProgram } from '../../../scripts/lib/processes.mjs';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';
import { programsThatRecord } from '../programs.mjs';

const OF_GIT = [
  'git-sound',
  'git-fifo-index',
  'git-device-config',
  'git-dots',
  'git-unordered',
  'git-link-outside',
  'git-filter',
  'git-monitor',
  'git-many-patterns',
  'git-file-loop',
];
const OF_BAZAAR = [
  'bzr-sound',
  'bzr-fifo-dirstate',
  'bzr-outside',
  'bzr-link-outside',
  'bzr-too-deep',
  'bzr-back-reference',
];

export function prepare({ directory, writeFiles, fakeHg }) {
  const cases = hostileCases.filter(one => one.editor !== false && one.isLong !== true);
  const built = buildGallery(directory, cases);
  const chosen = (all, names) => all.filter(({ name }) => names.includes(name));
  const others = [
    ...(findProgram(['git']) === undefined ? [] : buildGitGallery(directory, chosen(gitCases, OF_GIT))),
    ...(BRZ === undefined ? [] : buildBazaarGallery(directory, chosen(bazaarCases, OF_BAZAAR))),
  ];
  const namesOf = list => list.map(({ name }) => name);
  const folders = [...namesOf(built), ...namesOf(others)].map(name => ({ path: name }));
  writeFiles(directory, { 'gallery.code-workspace': JSON.stringify({ folders }) });
  const { log, env } = programsThatRecord(directory, ['git', 'brz', 'bzr', 'touch'], fakeHg());
  return {
    open: path.join(directory, 'gallery.code-workspace'),
    // This is about what Quicksilver itself makes of them.
    settings: {
      'quicksilver.fallbackToHg': false,
      'quicksilver.systems': ['hg', 'bzr', 'git'],
      'git.enabled': false,
    },
    env,
    data: { hg: findHg(), log, names: namesOf(built).join(' '), others: namesOf(others).join(' ') },
  };
}
