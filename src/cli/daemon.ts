// `quicksilver daemon`: the user's side of the shared server. Its own code is in the worker's bundle.
import * as nodePath from 'node:path';
import { gitVersion } from '../daemon/gitVersion.ts';
import { runForeground, startServer } from '../daemon/startServer.ts';
import { runtimeDirectory } from '../daemon/runtimeDirectory.ts';
import { askServer, type Asked } from '../daemon/shortClient.ts';
import { pauseFor } from '../base/async.ts';
import { toDisplay } from '../base/bytePath.ts';
import { oneLine } from '../base/foreignText.ts';
import { QuicksilverError } from '../base/errors.ts';
import type { ModelFacts, ServerFacts } from '../server/daemon/info.ts';
import type { ParsedArguments } from './arguments.ts';
import { nativeClient } from './prompt.ts';
import { gitSetup, hgSetup } from './daemonSetup.ts';
import {
  complain,
  EXIT_ERROR,
  EXIT_OK,
  jsonShownIn,
  lineShownIn,
  usageError,
  utf8Bytes,
  type CommandIo,
} from './io.ts';

/** A question that nobody waits for at a prompt may take longer. */
const PATIENT_MS = 5000;
/** Between two looks whether it is there. */
const START_LOOK_MS = 20;
const VERBS = ['start', 'run', 'stop', 'status', 'list', 'log', 'hg-setup', 'git-setup'];
const PASSED_ON = ['idle-seconds', 'unload-seconds', 'memory-megabytes'] as const;

/** Exit code 0; 255 if no server runs, or none can be started. */
export async function daemon(args: ParsedArguments, io: CommandIo): Promise<number> {
  const [verb, ...rest] = args.positionals;
  if (rest.length > 0) throw usageError(`quicksilver daemon ${verb ?? ''} takes no further words`);
  switch (verb) {
    case 'start':
      return start(args, io);
    case 'run':
      return runForeground(program(), io.environment, options(args), io.signal);
    case 'stop':
      return stop(io);
    case 'status':
    case undefined:
      return status(args, io);
    case 'list':
      return list(args, io);
    case 'log':
      writeLog(runtimeDirectory(io.environment)?.readLog() ?? '', io);
      return EXIT_OK;
    case 'hg-setup':
      io.stdout.write(utf8Bytes(hgSetup()));
      return EXIT_OK;
    case 'git-setup':
      io.stdout.write(utf8Bytes(gitSetup(await gitVersion(io.environment), io.platform, nativeClient())));
      return EXIT_OK;
    default:
      throw usageError(`quicksilver daemon knows ${VERBS.join(', ')}, not '${verb}'`);
  }
}

function program(): string {
  return nodePath.join(import.meta.dirname, 'worker.cjs');
}

function options(args: ParsedArguments): string[] {
  return PASSED_ON.flatMap(name => {
    const value = args.values.get(name);
    if (value !== undefined && !/^\d{1,9}$/.test(value)) throw usageError(`--${name} takes a number`);
    return value === undefined ? [] : [`--${name}`, value];
  });
}

function ask(method: string, io: CommandIo): Promise<Asked> {
  return askServer(method, {}, io.environment, PATIENT_MS);
}

/** Starts a server and waits until it answers: whoever calls this wants to use it next. */
async function start(args: ParsedArguments, io: CommandIo): Promise<number> {
  if (!startServer(program(), io.environment, options(args))) {
    throw new QuicksilverError('io', 'there is no private directory for the socket of a server');
  }
  const end = performance.now() + PATIENT_MS;
  while (performance.now() < end) {
    if ((await ask('info', io)).kind === 'answer') return EXIT_OK;
    if (io.signal.aborted) return EXIT_ERROR;
    await pauseFor(START_LOOK_MS, io.signal);
  }
  complain(io, "abort: the server does not answer; 'quicksilver daemon log' may tell why");
  return EXIT_ERROR;
}

async function stop(io: CommandIo): Promise<number> {
  const asked = await ask('stop', io);
  return asked.kind === 'answer' ? EXIT_OK : absent(asked, io);
}

async function status(args: ParsedArguments, io: CommandIo): Promise<number> {
  const facts = await info(io);
  if ('kind' in facts) return absent(facts, io);
  const { server, models } = facts;
  if (args.flags.has('json')) {
    io.stdout.write(utf8Bytes(`${JSON.stringify(server)}\n`));
    return EXIT_OK;
  }
  const megabytes = Math.round(server.residentBytes / (1 << 20));
  io.stdout.write(
    utf8Bytes(
      `server ${server.version}, process ${server.process}, up ${server.secondsUp} s\n` +
        `${models.length} repositories, ${server.connections} connections, ${server.answered} requests, ${megabytes} MB\n` +
        `ends after ${server.idleSeconds} s without use; limit for repositories ${Math.round(server.memoryLimitBytes / (1 << 20))} MB\n`,
    ),
  );
  return EXIT_OK;
}

async function list(args: ParsedArguments, io: CommandIo): Promise<number> {
  const facts = await info(io);
  if ('kind' in facts) return absent(facts, io);
  for (const model of facts.models) {
    const { root, state, files, users, watches, allWatched, estimatedBytes, polled } = model;
    const megabytes = (estimatedBytes / (1 << 20)).toFixed(1);
    const line = args.flags.has('json')
      ? jsonShownIn(io.stdout)(utf8Bytes(JSON.stringify(model)))
      : utf8Bytes(
          `${oneLine(root)}: ${state}, ${files} files, ${users} users, ${watches} watches` +
            `${allWatched ? '' : ' (not all directories)'}, ${megabytes} MB${polled ? ', polled' : ''}`,
        );
    io.stdout.write(`${line}\n`);
  }
  return EXIT_OK;
}

async function info(io: CommandIo): Promise<Asked | { readonly server: ServerFacts; readonly models: ModelFacts[] }> {
  const asked = await ask('info', io);
  if (asked.kind !== 'answer' || asked.answer.kind !== 'info') return asked;
  const [server, ...models] = asked.answer.fields.map(field => JSON.parse(toDisplay(field)) as unknown);
  return { server: server as ServerFacts, models: models as ModelFacts[] };
}

function writeLog(log: string, io: CommandIo): void {
  const shown = lineShownIn(io.stdout);
  io.stdout.write(utf8Bytes(log).split('\n').map(shown).join('\n'));
}

function absent({ kind }: Asked, io: CommandIo): number {
  complain(io, kind === 'absent' ? 'no server runs' : 'the server does not answer');
  return EXIT_ERROR;
}
