// The gallery of hostile repositories, each a folder of one workspace; and an hg on the PATH that must not be called.
import path from 'node:path';
import { buildGallery, hostileCases } from '../../support/hostile/gallery.mjs';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, writeFiles, fakeHg }) {
  const cases = hostileCases.filter(one => one.editor !== false && one.isLong !== true);
  const built = buildGallery(directory, cases);
  const folders = built.map(({ name }) => ({ path: name }));
  writeFiles(directory, { 'gallery.code-workspace': JSON.stringify({ folders }) });
  return {
    open: path.join(directory, 'gallery.code-workspace'),
    // This is about what Quicksilver itself makes of them.
    settings: { 'quicksilver.fallbackToHg': false },
    env: fakeHg(),
    data: { hg: findHg(), names: built.map(({ name }) => name).join(' ') },
  };
}
