// A folder with repositories whose contents an extension keeps elsewhere, and the real hg in it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { TestContext } from 'node:test';
import { hgEnvironment } from './hgServer.ts';
import { temporaryDirectory } from './temporaryDirectory.ts';

/** A time that hg did not record, in seconds. */
export const OLD = 1_000_000_000;

export class RemoteSandbox {
  readonly base: string;

  constructor(t: TestContext) {
    this.base = temporaryDirectory(t).root;
  }

  path(name: string): string {
    return path.join(this.base, name);
  }

  write(name: string, content: string): void {
    fs.mkdirSync(path.dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(this.path(name), content);
  }

  /** Gives files a time that hg did not record: their contents decide. */
  touch(...names: string[]): void {
    for (const name of names) fs.utimesSync(this.path(name), OLD, OLD);
  }

  hg(repository: string, ...args: string[]): string {
    const { status, stdout, stderr } = spawnSync('hg', args, {
      cwd: this.path(repository),
      env: hgEnvironment(),
      encoding: 'utf8',
    });
    assert.equal(status, 0, `hg ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** True if hg has the extension and what it needs. */
  has(extension: string): boolean {
    const { status, stderr } = spawnSync('hg', ['--config', `extensions.${extension}=`, 'version', '-q'], {
      env: hgEnvironment(),
      encoding: 'utf8',
    });
    return status === 0 && !stderr.includes('failed to import');
  }

  removeFilesBelow(name: string): void {
    for (const entry of fs.readdirSync(this.path(name), { recursive: true, encoding: 'utf8' })) {
      const file = path.join(this.path(name), entry);
      if (fs.lstatSync(file).isFile()) fs.rmSync(file);
    }
  }

  /** Makes `server`, which serves remotefilelog. Fill it before {@link shallowClone}. */
  makeServer(): void {
    fs.mkdirSync(this.path('server'));
    this.hg('server', 'init');
    this.write('server/.hg/hgrc', `${EXTENDED}server = True\n`);
  }

  /** Clones `server` to `r`, which fetches contents to `cache/master`. */
  shallowClone(): void {
    const cache = this.path('cache');
    const ssh = 'sh -c "cd /; eval \\"\\$2\\"" --';
    const settings = `cachepath = ${cache}\nreponame = master\n[ui]\nssh = ${ssh}\n`;
    const cloned = [
      ...['--config', 'extensions.remotefilelog=', '--config', `remotefilelog.cachepath=${cache}`],
      ...['--config', 'remotefilelog.reponame=master', '--config', `ui.ssh=${ssh}`],
      ...['clone', '-q', '--shallow', `ssh://user@localhost/${this.path('server')}`, 'r'],
    ];
    this.hg('.', ...cloned);
    fs.appendFileSync(this.path('r/.hg/hgrc'), `\n${EXTENDED}${settings}`);
  }
}

const EXTENDED = '[ui]\nusername = a\n[extensions]\nremotefilelog =\n[remotefilelog]\n';
