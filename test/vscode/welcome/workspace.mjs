// An empty folder, and an hg that is named by a setting and is not there.
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, fakeHg }) {
  return {
    open: directory,
    settings: { 'quicksilver.path': '/nowhere/hg' },
    env: fakeHg({ passThrough: true }),
    data: { hg: findHg() },
  };
}
