// Our extension of hg, for tests that run hg with it.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DaemonRig } from './daemonRig.ts';

/** With --debug, the extension writes this when the answer is the server's. */
export const ACCEPTED = 'quicksilver: the server answered\n';
/** A part of the reason for a refusal where hg runs in a root of its own. */
export const OTHER_MOUNTS = 'the client sees other mounts';

/** Returns a copy of the extension in the rig's folder: an hg in a root of its own sees no other. */
export function extensionFor(rig: DaemonRig): string {
  const file = path.join(rig.base, 'quicksilver.py');
  fs.copyFileSync(fileURLToPath(new URL('../../hgext/quicksilver.py', import.meta.url)), file);
  return file;
}
