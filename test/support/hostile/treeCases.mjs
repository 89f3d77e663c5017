// Working copies that are too deep, too wide, or strangely named.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

/** Makes directories inside one another beyond what a single path can name. */
function nest(start, depth) {
  const script =
    'import os, sys\nos.chdir(sys.argv[1])\nfor _ in range(int(sys.argv[2])):\n  os.mkdir("d"); os.chdir("d")\n';
  execFileSync('python3', ['-c', script, start, String(depth)]);
}

function fill(directory, count) {
  fs.mkdirSync(directory);
  for (let i = 0; i < count; i++) fs.closeSync(fs.openSync(path.join(directory, `name-${i}`), 'w'));
}

export const treeCases = [
  {
    name: 'deep-directories',
    provokes: 'directories 4,000 deep',
    // VS Code and Node cannot remove deeper paths than a path may be long.
    editor: false,
    make: w => nest(w.root, 4000),
  },
  {
    name: 'many-names',
    provokes: '20,000 names in one directory',
    make: w => fill(w.at('many'), 20_000),
  },
  {
    name: 'million-names',
    provokes: 'a million names in one directory',
    isLong: true,
    editor: false,
    make: w => fill(w.at('many'), 1_000_000),
  },
  {
    name: 'strange-names',
    provokes: 'names with line ends, escapes and bytes that are no text',
    make: w => {
      for (const name of ['line\nend', 'escape\x1b[31m', '-R', '`tick`', '$(touch x)', '\xff\xfe']) {
        fs.writeFileSync(Buffer.concat([Buffer.from(`${w.root}/`), Buffer.from(name, 'latin1')]), '');
      }
    },
  },
  {
    name: 'link-cycle',
    provokes: 'a symbolic link to the directory that it is in',
    make: w => fs.symlinkSync('..', w.at('sub/up')),
  },
];
