// Processor time, which a busy machine changes less than the time by the clock.
import fs from 'node:fs';

/** The unit of the times in /proc. */
const TICK_MS = 10;

/** Milliseconds of processor time that this process's ended children took; 0 outside Linux. */
export function processorOfChildren() {
  if (process.platform !== 'linux') return 0;
  const fields = statOf('self');
  return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
}

/** Milliseconds of processor time that a process and its threads took. Linux only. */
export function processorOf(pid) {
  const fields = statOf(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The name of the program, in parentheses, may hold blanks: the fields after it. */
function statOf(process) {
  const stat = fs.readFileSync(`/proc/${process}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The processor time of this process and its threads during `work`, in milliseconds, with its result. */
export async function withOwnProcessor(work) {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, processor: (user + system) / 1000 };
}
