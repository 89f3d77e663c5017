// The version of the hg that tests compare with, for the few rules that differ between versions.
import { spawnSync } from 'node:child_process';

let known: readonly number[] | undefined;

/** True if `hg` on the PATH has at least this version; false if there is none. */
export function hgIsAtLeast(major: number, minor: number): boolean {
  known ??= /(\d+)\.(\d+)/
    .exec(spawnSync('hg', ['version', '-q'], { encoding: 'utf8' }).stdout)
    ?.slice(1)
    .map(Number) ?? [0, 0];
  const [ownMajor = 0, ownMinor = 0] = known;
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
