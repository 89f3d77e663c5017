// What others do while VS Code runs: the real hg, a shell, and proof that the extension itself has started no hg.
import assert from 'node:assert/strict';
import { exec, execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { Uri } from 'vscode';
import { hgCalls, scenario } from './harness.ts';

const controlCall = 'recorder-control';

/** A path below the folder of the scenario. */
export function at(...names: readonly string[]): string {
  return path.join(scenario().directory, ...names);
}

export function uriAt(...names: readonly string[]): Uri {
  return Uri.file(at(...names));
}

/** Where the real hg is. */
export function realHg(): string {
  const real = scenario().data['hg'];
  assert.ok(real !== undefined, 'the scenario names the real hg');
  return real;
}

/** Runs the real hg past the recording one. The extension's thread goes on meanwhile. */
export async function hg(cwd: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(realHg(), args, { cwd, env: { ...process.env, HGPLAIN: '1' } });
}

/** Runs a command line in the system's shell. */
export async function shell(cwd: string, command: string): Promise<void> {
  await promisify(exec)(command, { cwd });
}

/**
 * Writes a file, and the folders above it, without VS Code being told. In one step, as many editors do: a file that is
 * written in place is empty for a moment, and may be seen so.
 */
export function write(name: string, content: string): void {
  const temporary = `${scenario().directory}.written`;
  fs.mkdirSync(path.dirname(at(name)), { recursive: true });
  fs.writeFileSync(temporary, content);
  fs.renameSync(temporary, at(name));
}

export function remove(...names: readonly string[]): void {
  for (const name of names) fs.rmSync(at(name), { recursive: true });
}

/** No hg was started since VS Code runs; and the recorder works, for a call made here is recorded. */
export async function assertNoHgStarted(): Promise<void> {
  const isControl = ({ args }: { args: readonly string[] }): boolean => args[0] === controlCall;
  const before = hgCalls();
  assert.deepEqual(
    before.filter(call => !isControl(call)),
    [],
  );
  await assert.rejects(shell(scenario().directory, `hg ${controlCall}`), /only records/);
  assert.deepEqual(hgCalls(), [...before, { args: [controlCall], cwd: scenario().directory }]);
}
