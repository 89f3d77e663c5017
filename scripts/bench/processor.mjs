// Processor time, which a busy machine changes less than the time by the clock.
import fs from 'node:fs';

/** The unit of the times in /proc. */
const TICK_MS = 10;

/** Milliseconds of processor time that this process's ended children took; 0 outside Linux. */
export function processorOfChildren() {
  if (process.platform !== 'linux') return 0;
  const stat = fs.readFileSync('/proc/self/stat', 'latin1');
  // The name of the program, in parentheses, may hold blanks. Numbers 14 and 15 after it are those of the children.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** The processor time of this process and its threads during `work`, in milliseconds, with its result. */
export async function withOwnProcessor(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, processor: (user + system) / 1000 };
}
