// One command of hg in a process of its own.
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { Delay, nextTurn } from '../base/async.ts';
import { errorMessage } from '../base/errors.ts';
import type { ConstantArguments } from './constantArguments.ts';
import type { HgArguments } from './hgCall.ts';
import {
  BoundedText,
  DEFAULT_TIMEOUT_MS,
  GRACE_MS,
  MAX_OUTPUT_BYTES,
  stoppedResult,
  type HgResult,
  type RunLimits,
  type StopReason,
} from './hgResult.ts';
import { hgVariables, type Variables } from './hgVariables.ts';

export interface ProcessOptions extends RunLimits {
  /** Absolute path of the program. */
  readonly hg: string;
  readonly args: HgArguments | ConstantArguments;
  readonly cwd: string;
  readonly variables: Variables;
  /** Its standard input. */
  readonly input?: string | undefined;
  /** It changes something: when it is cancelled it is interrupted, so that it can take back what it began. */
  readonly interrupts?: boolean;
}

/** Milliseconds to wait for the output after hg has ended: a watcher that hg started may keep it open for ever. */
const PIPES_OPEN_MS = 500;

/** Runs hg. Never rejects. */
export function runProcess(options: ProcessOptions): Promise<HgResult> {
  const { hg, args, cwd, variables, timeoutMs = DEFAULT_TIMEOUT_MS, signal, input } = options;
  return new Promise(resolve => {
    if (signal?.aborted === true) {
      resolve(stoppedResult(hg, 'cancelled'));
      return;
    }
    let child: ChildProcessWithoutNullStreams;
    try {
      child = spawn(hg, args, { cwd, env: hgVariables(variables), stdio: 'pipe', windowsHide: true });
    } catch (error) {
      // Some failures to start come as events, others as exceptions: too long arguments, a folder that is not a folder.
      resolve(stoppedResult(hg, 'not-started', errorMessage(error)));
      return;
    }
    const output: Buffer[] = [];
    let outputBytes = 0;
    let chunks = 0;
    const errors = new BoundedText();
    let stoppedFor: StopReason | undefined;
    const settle = (result: HgResult): void => {
      timeLimit.dispose();
      pipes.dispose();
      signal?.removeEventListener('abort', cancel);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    };
    const stopped = (reason: StopReason, detail?: string): void => settle(stoppedResult(hg, reason, detail));
    const stop = (reason: StopReason): void => {
      if (stoppedFor !== undefined) return;
      stoppedFor = reason;
      endProcess(child, reason === 'cancelled' && options.interrupts === true ? 'SIGINT' : 'SIGTERM');
    };
    const finish = (): void => {
      const { exitCode, signalCode } = child;
      if (stoppedFor !== undefined) stopped(stoppedFor);
      else if (exitCode === null) stopped('died', signalCode ?? undefined);
      else settle({ kind: 'ended', code: exitCode, output: Buffer.concat(output), errors: errors.toString() });
    };
    const cancel = (): void => stop('cancelled');
    const timeLimit = new Delay(() => stop('time-limit'));
    // A busy thread may be late, too: what lies in the pipes by now is still read.
    const finishWhenRead = async (): Promise<void> => {
      let before: number;
      do {
        before = chunks;
        await nextTurn();
      } while (chunks !== before && stoppedFor === undefined);
      finish();
    };
    const pipes = new Delay(() => void finishWhenRead());
    if (Number.isFinite(timeoutMs)) timeLimit.set(timeoutMs);
    signal?.addEventListener('abort', cancel);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks++;
      outputBytes += chunk.length;
      if (outputBytes > MAX_OUTPUT_BYTES) stop('too-much-output');
      else output.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      chunks++;
      errors.add(chunk);
    });
    // Ignored: a process that ends without reading its input reports its own result.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
    child.once('error', error => stopped('not-started', errorMessage(error)));
    child.once('exit', () => (stoppedFor === undefined ? pipes.set(PIPES_OPEN_MS) : finish()));
    child.once('close', finish);
  });
}

/** Asks a process to end, so that hg can release its locks, and kills it if it does not. */
export function endProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const kill = new Delay(() => child.kill('SIGKILL'));
  kill.set(GRACE_MS);
  child.once('exit', () => kill.dispose());
  child.kill(signal);
}
