// A repository that a shared server follows. The server has a directory of its own, whose path must be short.
import { randomUUID } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import { findHg } from '../../../scripts/vscode/mercurial.mjs';

export function prepare({ directory, initRepository, writeFiles, fakeHg }) {
  initRepository(directory, {
    '.hgignore': 'syntax: glob\n*.log\n',
    'src/edited.txt': 'one\n',
    'src/kept.txt': 'kept\n',
  });
  writeFiles(directory, { 'x.log': 'ignored\n' });
  // The user who starts the server makes it.
  const runtime = path.join(os.tmpdir(), `qsv-${randomUUID().slice(0, 8)}`);
  return {
    open: directory,
    settings: { 'quicksilver.server': 'on', 'quicksilver.serverIdleMinutes': 1 },
    env: { ...fakeHg(), QUICKSILVER_RUNTIME_DIRECTORY: runtime, QUICKSILVER_SERVER: 'on' },
    data: { hg: findHg(), runtime },
  };
}
