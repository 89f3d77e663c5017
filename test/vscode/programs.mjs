// Programs on the PATH that must not be called, and write to a file that they were.
import fs from 'node:fs';
import path from 'node:path';

/**
 * Makes programs of these names in a folder of the scenario.
 * @returns the file that exists once one of them was called, and the environment in which they are found first
 */
export function programsThatRecord(directory, names, env) {
  const log = path.join(directory, 'calls');
  const programs = path.join(directory, 'programs');
  fs.mkdirSync(programs);
  for (const name of names) {
    fs.writeFileSync(path.join(programs, name), `#!/bin/sh\necho "$0 $@" >> '${log}'\n`, { mode: 0o755 });
  }
  return { log, env: { ...env, PATH: `${programs}:${env.PATH ?? process.env.PATH}` } };
}
