// Versions of the program, as in package.json.

/** True if the first version is newer. A version that cannot be read is as new as any other. */
export function isNewer(version: string, than: string): boolean {
  const [a, b] = [numbers(version), numbers(than)];
  if (a === undefined || b === undefined) return false;
  const at = a.findIndex((number, i) => number !== b[i]);
  return at >= 0 && a[at]! > b[at]!;
}

/** Major, minor and patch; what follows does not count. */
function numbers(version: string): readonly number[] | undefined {
  return /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?![\d.])/.exec(version)?.slice(1).map(Number);
}
