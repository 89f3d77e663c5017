// The shared server as a process: `worker.cjs serve`, started by `quicksilver daemon`, by a window, or by systemd.
import { parseArgs } from 'node:util';
import { errorMessage } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { runtimeDirectory, type RuntimeDirectory } from '../../daemon/runtimeDirectory.ts';
import { Daemon } from './daemon.ts';

const IDLE_SECONDS = 600;
const UNLOAD_SECONDS = 300;
const MEMORY_MEGABYTES = 512;
/** The part of the system's watches that all models together may have. */
const WATCH_SHARE = 0.25;

/**
 * Serves until there is nothing left to do. Resolves with the exit code: 0, also if another server runs already; 1 if
 * there can be none.
 * @param args `--idle-seconds N`, `--unload-seconds N`, `--memory-megabytes N`, `--watch-share N`, `--foreground`
 */
export async function serve(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'idle-seconds': { type: 'string' },
      'unload-seconds': { type: 'string' },
      'memory-megabytes': { type: 'string' },
      'watch-share': { type: 'string' },
      foreground: { type: 'boolean' },
    },
  });
  const directory = runtimeDirectory(process.env);
  const say = (message: string): void => {
    if (values.foreground === true) process.stderr.write(`${message}\n`);
  };
  if (directory?.make() !== true) {
    say('There is no private directory for the socket.');
    return 1;
  }
  const logger = fileLogger(directory, say);
  const number = (text: string | undefined, otherwise: number): number => {
    const value = Number(text ?? otherwise);
    return Number.isFinite(value) && value >= 0 ? value : otherwise;
  };
  const daemon = new Daemon({
    directory,
    logger,
    idleMs: number(values['idle-seconds'], IDLE_SECONDS) * 1000,
    unloadMs: number(values['unload-seconds'], UNLOAD_SECONDS) * 1000,
    memoryBytes: number(values['memory-megabytes'], MEMORY_MEGABYTES) * (1 << 20),
    watchShare: Math.min(1, number(values['watch-share'], WATCH_SHARE)),
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => daemon.dispose());
  try {
    if (!(await daemon.start())) return 0;
  } catch (error) {
    logger.error(`the server cannot listen: ${errorMessage(error)}`);
    return 1;
  }
  logger.info(`the server has ended: ${await daemon.ended}`);
  return 0;
}

/** Writes to the log in the runtime directory. Details of single files stay out. */
function fileLogger(directory: RuntimeDirectory, say: (message: string) => void): Logger {
  const write =
    (level: string) =>
    (message: string): void => {
      say(`${level}: ${message}`);
      try {
        directory.log(`${new Date().toISOString()} ${process.pid} ${level}: ${message.replace(/\n/g, '\n  ')}\n`);
      } catch (error) {
        // The directory was removed: the server ends when it is idle, and there is no place for a log until then.
        say(`the log cannot be written: ${errorMessage(error)}`);
      }
    };
  return { trace: () => undefined, info: write('info'), warn: write('warn'), error: write('error') };
}
