// The memory that one call takes at its peak. Linux counts it for the process and lets the process reset the count.
import * as fs from 'node:fs';
import * as v8 from 'node:v8';
import * as vm from 'node:vm';

/** Why the peak cannot be measured; false if it can. */
export const NO_PEAK = process.platform === 'linux' ? false : 'only Linux tells the peak of one call';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

/** Bytes by which the process grew at most while `work` ran. Its result counts, and its errors are ignored. */
export function peakGrowth(work: () => unknown): number {
  collect();
  // 5: the peak is what is in use now.
  fs.writeFileSync('/proc/self/clear_refs', '5');
  const before = statusBytes('VmRSS');
  let kept: unknown;
  try {
    kept = work();
  } catch (error) {
    kept = error;
  }
  const growth = statusBytes('VmHWM') - before;
  return kept === collect ? 0 : growth;
}

function statusBytes(field: string): number {
  const status = fs.readFileSync('/proc/self/status', 'latin1');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}
