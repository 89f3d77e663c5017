// What the tests of the store share: a repository of the real program, and our reader of it.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ContentSource } from '../../src/base/fileStat.ts';
import { openStore, type Store } from '../../src/mercurial/store/store.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { hgAtOnce } from '../support/hgAtOnce.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

export class StoreRepository {
  readonly root: string;
  readonly #config: readonly string[];

  /** @param config settings such as 'format.usestore=0', in force for every command */
  constructor(context: { after(cleanUp: () => void): void }, config: readonly string[]) {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-store-'));
    context.after(() => removeTree(directory));
    this.root = path.join(directory, 'r');
    this.#config = config.flatMap(option => ['--config', option]);
    fs.mkdirSync(this.root);
    this.hg('init');
  }

  hg(...args: string[]): string {
    const { code, stdout, stderr } = hgAtOnce(args, {
      cwd: this.root,
      options: this.#config,
      env: { ...process.env, HGRCPATH: '', HGPLAIN: '1', HGENCODING: 'utf-8' },
    });
    if (code !== 0) throw new Error(`hg ${args.join(' ')}: exit ${code}\n${stderr.toString()}`);
    return stdout.toString('latin1');
  }

  write(name: string, content: string | Buffer): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content);
  }

  commit(message: string): string {
    this.hg('commit', '-qA', '-m', message, '-u', 'Jörg <j@example.org>', '-d', '1700000000 -3600');
    return this.node('.');
  }

  node(revision: string): string {
    return this.hg('log', '-r', revision, '-T', '{node}');
  }

  open(): Store {
    const hgDirectory = path.join(this.root, '.hg');
    const requirements = requirementsOf(hgDirectory);
    return openStore({
      vfs: new Vfs(),
      storeDirectory: requirements.has('store') ? path.join(hgDirectory, 'store') : hgDirectory,
      hgDirectory,
      requirements,
    });
  }
}

export function requirementsOf(hgDirectory: string): Set<string> {
  const requirements = new Set<string>();
  for (const file of ['requires', 'store/requires']) {
    const name = path.join(hgDirectory, file);
    if (!fs.existsSync(name)) continue;
    for (const token of fs.readFileSync(name, 'latin1').split('\n')) if (token !== '') requirements.add(token);
  }
  return requirements;
}

export function contentSource(bytes: Buffer): ContentSource {
  return {
    size: bytes.length,
    *chunks() {
      for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
    },
  };
}
