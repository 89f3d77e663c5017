// Processor time, for tests with a limit: on a busy machine, elapsed time also counts what others do.

/** Returns the milliseconds of processor time that this process, with all its threads, spends in `work`. */
export function processorMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
