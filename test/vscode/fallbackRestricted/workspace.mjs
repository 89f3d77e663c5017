// The repository that only hg can answer for, in a window that nobody has trusted, with what a stranger would like to have
// executed.
import fs from 'node:fs';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';
import { makeStrange } from '../fallback/workspace.mjs';

export function prepare({ directory, hg, initRepository, writeFiles, fakeHg }) {
  makeStrange({ strange: directory, hg, initRepository, writeFiles });
  const trap = path.join(path.dirname(directory), 'executed');
  fs.appendFileSync(path.join(directory, '.hg', 'hgrc'), `[hooks]\npre-status = echo executed > ${trap}\n`);
  return { open: directory, trusted: false, env: fakeHg({ passThrough: true }), data: { hg: findHg(), trap } };
}
