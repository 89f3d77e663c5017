// Removes folders that other programs wrote into. Built-ins of Node only: this runs before `npm ci`.
import fs from 'node:fs';

/** A program that was ended a moment ago writes its last files within 30 s, on a busy machine too. */
const ATTEMPTS = 600;
const MS_BETWEEN = 50;

/**
 * Removes a folder with all that is in it; nothing happens if it is not there. A program that was ended may write a
 * file into the folder while it is removed: then all of it is removed again. (The option `maxRetries` of Node does not
 * help there: it tries to remove the folder again, not what was written into it.)
 * Throws the system's error if something cannot be removed.
 */
export function removeTree(folder) {
  for (let attempt = 1; ; attempt++) {
    try {
      fs.rmSync(folder, { recursive: true, force: true });
      return;
    } catch (error) {
      if (error.code !== 'ENOTEMPTY' || attempt === ATTEMPTS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MS_BETWEEN);
    }
  }
}
