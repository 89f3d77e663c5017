// Native code is loaded from the folder that the program was installed in, and the checks of both packages prove it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';
import { bundle } from '../support/bundle.ts';
import { nativeReason } from '../support/bulkForms.ts';
import { temporaryDirectory } from '../support/temporaryDirectory.ts';

const project = path.join(import.meta.dirname, '..', '..');
const { checkNativeCode, installedCommandLine } = (await import(
  path.join(project, 'scripts', 'lib', 'native-code.mjs')
)) as {
  readonly checkNativeCode: (
    command: string,
    args: readonly string[],
    how: { readonly cwd: string; readonly env?: NodeJS.ProcessEnv },
  ) => Promise<void>;
  readonly installedCommandLine: (extensions: string) => string;
};

test(
  'an installed program uses the native code beside it, and no other',
  { skip: nativeReason() || false },
  async t => {
    const { root } = temporaryDirectory(t);
    const sample = path.join(root, 'sample');
    execFileSync('hg', ['init', sample], { env: { ...process.env, HGRCPATH: '' } });
    const extensions = path.join(root, 'any name');
    fs.mkdirSync(path.join(extensions, 'other'), { recursive: true });
    assert.throws(() => installedCommandLine(extensions), /^Error: 0 extensions/);
    const dist = path.join(extensions, 'publisher.quicksilver-1.0', 'dist');
    const program = bundle('src/cli/main.ts', path.join(dist, 'cli.cjs'));
    assert.equal(installedCommandLine(extensions), program);
    const check = async (): Promise<void> =>
      checkNativeCode(process.execPath, [program], { cwd: sample, env: { ...process.env, QUICKSILVER_NATIVE: '0' } });
    await assert.rejects(check, /uses other native code than "scan, decoders": none \(/);
    const name = `${process.platform}-${process.arch}.node`;
    fs.mkdirSync(path.join(dist, 'native'));
    fs.writeFileSync(path.join(dist, 'native', name), 'no program');
    await assert.rejects(check, /none \(/);
    fs.copyFileSync(path.join(project, 'dist', 'native', name), path.join(dist, 'native', name));
    await check();
    // A program that cannot run has no native code either.
    await assert.rejects(
      checkNativeCode(process.execPath, [path.join(dist, 'gone.cjs')], { cwd: sample }),
      /gone\.cjs/,
    );
  },
);
