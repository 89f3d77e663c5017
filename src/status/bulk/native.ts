// The native scan of a unit (native/scan.c), where it was built for this platform. It runs in Node's own thread pool
// and reads the columns in place.
import * as os from 'node:os';
import * as path from 'node:path';
import { errorMessage } from '../../base/errors.ts';
import type { NativeDecoders, DecodeAccelerators } from '../../base/decodeAccelerators.ts';
import type { Listings, StatusInput, StatColumns } from '../types.ts';
import type { DrawPlan, ScanPlan, Unit } from './plan.ts';
import type { UnitScanner, UnitScanners } from './scanners.ts';
import type { UnitResult } from './unitResult.ts';

/** The exports of `native/binding.c`. */
interface NativeModule extends NativeDecoders {
  prepare(options: Readonly<Record<string, unknown>>): object;
  drawPlan: DrawPlan;
  scan(
    handle: object,
    from: number,
    to: number,
  ): Promise<{ words: ArrayBuffer; names: ArrayBuffer; stats: number; directoriesRead: number }>;
}

/**
 * Units requested at a time: one for each core in use and one that waits. So no core is idle until the caller takes a
 * result. Node has four threads for this, and others need them, too.
 */
const PARALLEL = Math.min(2, os.availableParallelism()) + 1;

export class NativeScanners implements UnitScanners {
  readonly accelerators: DecodeAccelerators;
  readonly #module: NativeModule;

  /** @param module what {@link loadNative} answered */
  constructor(module: NativeModule) {
    this.#module = module;
    this.accelerators = { decoders: module };
  }

  get drawPlan(): DrawPlan {
    return this.#module.drawPlan;
  }

  prepare(input: StatusInput, columns: StatColumns, plan: ScanPlan, listings?: Listings): UnitScanner {
    const { rule, ctimeSeconds, inode, ...arrays } = columns;
    const { owner, symlink = 0, wholeSeconds = false, ...numbers } = rule;
    const module = this.#module;
    const handle = module.prepare({
      ...arrays,
      ...(ctimeSeconds && { ctimeSeconds }),
      ...(inode && { inode }),
      ...numbers,
      ...(owner && { owner }),
      ...(listings && { listings }),
      symlink,
      wholeSeconds: wholeSeconds ? 1 : 0,
      nodes: plan.nodes,
      parents: plan.parents,
      skip: plan.skip,
      root: Buffer.from(input.root, 'utf8'),
      control: Buffer.from(input.rules.controlDirectory, 'latin1'),
      nests: input.rules.isRepository === undefined ? 1 : 0,
    });
    return {
      parallel: PARALLEL,
      scan: async ({ from, to }: Unit): Promise<UnitResult> => {
        const { words, names, stats, directoriesRead } = await module.scan(handle, from, to);
        return { words: new Uint32Array(words), names: new Uint8Array(names), stats, directoriesRead };
      },
    };
  }
}

/** The folder of the bundles, which this is part of unless it runs from source. The folder may have any name. */
export const DIST = import.meta.dirname.endsWith(path.join('src', 'status', 'bulk'))
  ? path.join(import.meta.dirname, '..', '..', '..', 'dist')
  : import.meta.dirname;

let loaded: { readonly module: NativeModule | undefined; readonly reason: string } | undefined;

/**
 * Returns the native code. The module is undefined where it was not built for this platform, cannot be loaded, or is
 * switched off by QUICKSILVER_NATIVE=0. `reason` then names the cause.
 */
export function loadNative(): { readonly module: NativeModule | undefined; readonly reason: string } {
  if (process.env['QUICKSILVER_NATIVE'] === '0') return { module: undefined, reason: 'QUICKSILVER_NATIVE is 0' };
  return (loaded ??= load());
}

/** Returns the parts of the native code that run here, for the log and for reports. */
export function nativeParts(): string {
  const { module, reason } = loadNative();
  if (module === undefined) return `none (${reason})`;
  return 'watchDrain' in module ? 'scan, decoders, watches' : 'scan, decoders';
}

function load(): { readonly module: NativeModule | undefined; readonly reason: string } {
  const holder: { exports: unknown } = { exports: {} };
  try {
    process.dlopen(holder, path.join(DIST, 'native', `${process.platform}-${process.arch}.node`));
  } catch (error) {
    return { module: undefined, reason: errorMessage(error) };
  }
  const module = holder.exports as Partial<NativeModule>;
  const { prepare, scan, decodeV1, decodeV2, takePlainRows, buildGitTree, drawPlan, decodeListings } = module;
  const needed = [prepare, scan, decodeV1, decodeV2, takePlainRows, buildGitTree, drawPlan, decodeListings];
  const isWhole = needed.every(each => each !== undefined);
  if (!isWhole) return { module: undefined, reason: 'it was built from other sources' };
  return { module: module as NativeModule, reason: '' };
}
