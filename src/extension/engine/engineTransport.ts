// The transport to the engine: a worker thread with its message port. Tests replace it by other ports.
import * as path from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { PortMessageReader, PortMessageWriter, type MessageReader, type MessageWriter } from 'vscode-jsonrpc/node';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';

/**
 * Megabytes of short-lived objects before Node collects them; its default allows 48 MB. The engine works in typed
 * arrays, so a quarter of that costs it no measurable time.
 */
const YOUNG_GENERATION_MB = 12;

/** A running engine. */
export interface EngineProcess {
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Called once, when it has ended by itself or by {@link terminate}. */
  onDidEnd(listener: (reason: string) => void): void;
  terminate(): void;
}

/**
 * Starts the engine's bundle in a worker thread. Its output goes to the log, because nothing else shows it. Node gives
 * a thread as much memory as a process, unless `resourceLimits` allow less. A thread out of memory ends alone.
 */
export function startWorker(file: string, log: Logger, resourceLimits?: ResourceLimits): EngineProcess {
  const worker = new Worker(file, {
    name: 'Quicksilver',
    stdout: true,
    stderr: true,
    workerData: { programs: path.dirname(file) },
    // Modules that the host was started with would be loaded again, and could change how the bundles are.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, ...resourceLimits },
  });
  worker.stdout.setEncoding('utf8').on('data', (text: string) => log.info(text.trimEnd()));
  worker.stderr.setEncoding('utf8').on('data', (text: string) => log.warn(text.trimEnd()));
  let error: unknown;
  worker.on('error', thrown => (error = thrown));
  return {
    reader: new PortMessageReader(worker),
    writer: new PortMessageWriter(worker),
    onDidEnd: listener =>
      worker.once('exit', code => listener(error === undefined ? `exit code ${code}` : errorMessage(error))),
    terminate: () => void worker.terminate(),
  };
}
