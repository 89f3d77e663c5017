// The root of patterns for tests whose patterns name nothing on the disk.
import { Vfs } from '../../src/files/vfs.ts';
import { PatternRoot } from '../../src/mercurial/ignore/patternRoot.ts';

export const NO_ROOT = new PatternRoot(new Vfs(), '/nowhere/at/all');
