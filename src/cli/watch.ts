// `quicksilver watch`: the live model's updates as lines of JSON, until it is interrupted.
import { errorMessage } from '../base/errors.ts';
import { DisposableStore, toDisposable } from '../base/lifecycle.ts';
import type { Logger } from '../base/log.ts';
import { currentEnvironment } from '../files/environment.ts';
import { toMessages } from '../server/updates.ts';
import { createScanners } from '../status/bulk/createScanners.ts';
import { LiveModel } from '../workingCopy/liveModel.ts';
import { MercurialBackend } from '../backends/mercurial/mercurialBackend.ts';
import type { ModelState } from '../workingCopy/publisher.ts';
import { createTreeWatcher } from '../workingCopy/watch/createTreeWatcher.ts';
import type { ParsedArguments } from './arguments.ts';
import {
  complain,
  EXIT_ERROR,
  EXIT_OK,
  EXIT_REFUSED,
  jsonShownIn,
  usageError,
  utf8Bytes,
  type CommandIo,
} from './io.ts';
import { locateRepository } from './open.ts';

/** A command line has no editor's watchers beside it, but other programs need watches too. */
const WATCH_SHARE = 0.5;
const AUDIT_MS = 60_000;
/** The longest delay that a timer takes. */
const LONGEST_DELAY_MS = 0x7fff_ffff;

/**
 * Prints one update per line, in the form of the server's protocol. Ends with exit code 0 when interrupted, 3 when
 * the repository is unsupported, 255 when it is gone. Other problems are reported, and the watch goes on.
 */
export async function watch(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (args.positionals.length > 0)
    throw usageError('quicksilver watch takes no paths: it watches the whole repository');
  const { root, vfs } = locateRepository(args, io);
  const logger = warningsOnly(io);
  const owned = new DisposableStore();
  try {
    const scanners = owned.add(createScanners(logger));
    const backend = new MercurialBackend(root, vfs, currentEnvironment(), scanners.accelerators);
    const watcher = createTreeWatcher({ root, controlName: backend.controlName, share: WATCH_SHARE, logger });
    const model = owned.add(new LiveModel({ backend, watcher, logger, auditMs: AUDIT_MS, bulk: { scanners } }));
    // Watches do not keep the process alive; this does, until the end is decided.
    const keepAlive = setInterval(() => undefined, LONGEST_DELAY_MS);
    owned.add(toDisposable(() => clearInterval(keepAlive)));
    return await new Promise<number>(resolve => {
      const end = (): void => resolve(EXIT_OK);
      io.signal.addEventListener('abort', end, { once: true });
      if (io.signal.aborted) end();
      let sequence = 0;
      const shown = jsonShownIn(io.stdout);
      owned.add(
        model.onDidUpdate(update => {
          for (const message of toMessages(root, update, sequence + 1)) {
            sequence = message.sequence;
            io.stdout.write(`${shown(utf8Bytes(JSON.stringify(message)))}\n`);
          }
          const code = exitCodeOf(update.state, root, io);
          if (code !== undefined) resolve(code);
        }),
      );
      model.start();
    });
  } finally {
    owned.dispose();
  }
}

/** Returns the exit code if nothing is left to watch, and reports why. */
function exitCodeOf(state: ModelState, root: string, io: CommandIo): number | undefined {
  switch (state.kind) {
    case 'scanning':
    case 'ready':
      return undefined;
    case 'failed':
      complain(io, `abort: ${errorMessage(state.problem)}; watching on`);
      return undefined;
    case 'refused':
      complain(io, `abort: ${errorMessage(state.problem)}`);
      return EXIT_REFUSED;
    case 'gone':
      complain(io, `abort: the repository at ${root} is gone`);
      return EXIT_ERROR;
  }
}

function warningsOnly(io: CommandIo): Logger {
  const say = (message: string): void => complain(io, message);
  const nothing = (): void => undefined;
  return { trace: nothing, info: nothing, warn: say, error: say };
}
