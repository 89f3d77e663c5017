// Chooses how several threads scan here: in native code, else in JavaScript.
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import { toDisposable, type Disposable } from '../../base/lifecycle.ts';
import type { Logger } from '../../base/log.ts';
import { DIST, loadNative, nativeParts, NativeScanners } from './native.ts';
import type { UnitScanners } from './scanners.ts';
import { WorkerScanners } from './workerScanners.ts';

/** To be disposed of by whoever asked for it: threads are kept until then. */
export function createScanners(logger: Logger): UnitScanners & Disposable {
  const { module, reason } = loadNative();
  if (module !== undefined) {
    logger.info(`Native code: ${nativeParts()}.`);
    const native = new NativeScanners(module);
    return Object.assign(
      native,
      toDisposable(() => undefined),
    );
  }
  logger.info(`Scanning in JavaScript: no native code (${reason}).`);
  return new WorkerScanners(startScanner);
}

function startScanner(): Worker {
  // A scanner needs no module that this process preloads.
  return new Worker(path.join(DIST, 'scanner.cjs'), { execArgv: [] });
}
