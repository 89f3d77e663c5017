// Entry of a scanner thread: see workerScanners.ts.
import { parentPort } from 'node:worker_threads';
import { errorMessage } from '../../base/errors.ts';
import { UnitScan } from './scanUnit.ts';
import type { ScannerAnswer, ScannerMessage } from './workerScanners.ts';

if (parentPort === null) throw new Error('This file is the entry of a worker thread.');
const port = parentPort;
const scans = new Map<number, UnitScan>();

port.on('message', (message: ScannerMessage) => {
  if (message.kind === 'begin') {
    scans.set(message.workId, new UnitScan(message.work));
    return;
  }
  if (message.kind === 'end') {
    scans.delete(message.workId);
    return;
  }
  let answer: ScannerAnswer;
  try {
    const scan = scans.get(message.workId);
    if (scan === undefined) throw new Error('there is nothing to work on');
    answer = { id: message.id, result: scan.scan(message.unit) };
  } catch (error) {
    answer = { id: message.id, error: errorMessage(error) };
  }
  port.postMessage(answer);
});
