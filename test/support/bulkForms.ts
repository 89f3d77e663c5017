// The forms in which a unit of a bulk scan can be scanned, for tests that go through all of them.
import type { TestContext } from 'node:test';
import { loadNative, NativeScanners } from '../../src/status/bulk/native.ts';
import type { UnitScanners } from '../../src/status/bulk/scanners.ts';
import { UnitScan } from '../../src/status/bulk/scanUnit.ts';

export interface BulkForm {
  readonly name: string;
  readonly scanners: UnitScanners;
}

/** In JavaScript, on this thread; and natively, if that was built (see {@link nativeReason}). */
export function bulkForms(): BulkForm[] {
  const { module } = loadNative();
  const forms: BulkForm[] = [{ name: 'JavaScript', scanners: inThread }];
  if (module !== undefined) forms.push({ name: 'native', scanners: new NativeScanners(module) });
  return forms;
}

/** Why there is no native code; '' if there is. */
export function nativeReason(): string {
  return loadNative().reason;
}

/** Until the test ends, no native code is used by what is made. */
export function withoutNative(t: TestContext): void {
  const before = process.env['QUICKSILVER_NATIVE'];
  process.env['QUICKSILVER_NATIVE'] = '0';
  t.after(() => {
    if (before === undefined) delete process.env['QUICKSILVER_NATIVE'];
    else process.env['QUICKSILVER_NATIVE'] = before;
  });
}

/** Scans on the caller's thread, each unit in a turn of its own. */
export const inThread: UnitScanners = {
  prepare: (input, columns, plan) => {
    const { controlDirectory: control, isRepository } = input.rules;
    const scan = new UnitScan({ root: input.root, control, nests: isRepository === undefined, columns, plan });
    return { parallel: 2, scan: async unit => Promise.resolve().then(() => scan.scan(unit)) };
  },
};
