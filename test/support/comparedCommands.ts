// Runs a command with the real program and with ours, in process, and compares their answers.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { errorMessage } from '../../src/base/errors.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { utf8Bytes, type CommandIo } from '../../src/cli/io.ts';
import { hgEnvironment, type HgServer } from './hgServer.ts';

export interface Run {
  readonly code: number | null;
  /** Byte strings. */
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own; see {@link hgIn} for many commands. */
export function hg(args: readonly string[], cwd: string): Run {
  const { status, stdout, stderr } = spawnSync('hg', args, {
    cwd,
    env: hgEnvironment(),
    encoding: 'latin1',
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}

/** The environment of a script, as {@link hgEnvironment} has it for the real program. */
const SCRIPT: CommandIo['environment'] = { HGPLAIN: '1' };

export async function quicksilver(args: readonly string[], cwd: string, environment = SCRIPT): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const saved = process.env['HGRCPATH'];
  process.env['HGRCPATH'] = '';
  try {
    const code = await runCommandLine(args, {
      stdout: { write: bytes => void (stdout += bytes) },
      stderr: { write: bytes => void (stderr += bytes) },
      cwd,
      environment,
      platform: process.platform,
      signal: new AbortController().signal,
    });
    return { code, stdout, stderr };
  } catch (error) {
    return { code: 255, stdout, stderr: `${stderr}abort: ${utf8Bytes(errorMessage(error))}\n` };
  } finally {
    if (saved === undefined) delete process.env['HGRCPATH'];
    else process.env['HGRCPATH'] = saved;
  }
}

/** The real program, by a command server that belongs to no repository. */
export async function hgIn(server: HgServer, args: readonly string[], cwd: string): Promise<Run> {
  const { code, output, errors } = await server.run('--cwd', cwd, ...args);
  return { code, stdout: output, stderr: errors };
}

/** Both answer the same; the words of an abort are each program's own. */
export async function sameAnswer(
  args: readonly string[],
  cwd: string,
  theirs: Run = hg(args, cwd),
  environment = SCRIPT,
): Promise<Run> {
  const ours = await quicksilver(args, cwd, environment);
  const label = `${cwd}: hg ${args.join(' ')}: ${ours.stderr}`;
  assert.equal(ours.stdout, theirs.stdout, label);
  assert.equal(ours.code, theirs.code, label);
  if (theirs.code !== 255) assert.equal(ours.stderr, theirs.stderr, label);
  else assert.match(ours.stderr, /(?:^|\n)abort: .*\n$/, label);
  return ours;
}
