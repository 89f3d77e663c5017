// A repository of the real Mercurial in a temporary directory, with nobody's configuration.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { hgAtOnce } from './hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

/** Both formats of the dirstate, with the options that the installed Mercurial needs to write them. */
export const DIRSTATE_FORMATS = {
  v1: ['--config', 'format.use-dirstate-v2=no'],
  v2: ['--config', 'format.use-dirstate-v2=yes', '--config', 'storage.dirstate-v2.slow-path=allow'],
} as const;

export class HgSandbox {
  /** Absolute, without symbolic links. */
  readonly directory: string;
  readonly #options: readonly string[];

  /** @param options added to every command */
  constructor(options: readonly string[] = []) {
    this.directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'hg-sandbox-')));
    this.#options = options;
  }

  path(name: string): string {
    return path.join(this.directory, name);
  }

  /** Runs hg in `directory` (relative to the sandbox); returns its output. Throws if it exits with another code. */
  hg(directory: string, args: readonly string[], exitCode = 0): Buffer {
    const { code, stdout, stderr } = hgAtOnce(['--config', 'ui.username=tester', ...args], {
      cwd: this.path(directory),
      options: this.#options,
      env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8', TZ: 'UTC', HGMERGE: 'false' },
    });
    if (code !== exitCode) {
      const message = `hg ${args.join(' ')}: exit ${code} instead of ${exitCode}\n${stderr.toString()}`;
      throw Object.assign(new Error(message), { status: code, stderr });
    }
    return stdout;
  }

  /** Writes a file (its name as bytes) with an mtime well in the past, so that Mercurial trusts it. */
  write(directory: string, name: string, content: string, mtime = 1_000_000_000): void {
    const file = Buffer.concat([Buffer.from(`${this.path(directory)}/`), Buffer.from(name, 'latin1')]);
    const slash = file.lastIndexOf('/');
    fs.mkdirSync(file.subarray(0, slash), { recursive: true });
    fs.writeFileSync(file, content);
    fs.utimesSync(file, mtime, mtime);
  }

  dispose(): void {
    removeTree(this.directory);
  }
}

/** A repository with four clean files in three directories, the root among them; it goes when the test has ended. */
export function sampleRepository(t: TestContext): { readonly sandbox: HgSandbox; readonly root: string } {
  const sandbox = new HgSandbox();
  t.after(() => sandbox.dispose());
  sandbox.hg('.', ['init', 'repository']);
  for (const name of ['clean', 'changed', 'sub/deep', 'sub/deeper/deepest'])
    sandbox.write('repository', name, `${name}\n`);
  sandbox.hg('repository', ['commit', '-qAm', 'first']);
  sandbox.hg('repository', ['status']);
  return { sandbox, root: sandbox.path('repository') };
}
