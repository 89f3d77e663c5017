// A made-up `.hg` in a temporary directory, written file by file.
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { ProcessEnvironment } from '../../../../src/files/environment.ts';
import { removeTree } from '../../../../scripts/lib/remove-tree.mjs';

export const STORE_REQUIREMENTS = 'dotencode\nfncache\ngeneraldelta\nrevlogv1\nsparserevlog\nstore\n';

export class RepositoryFixture {
  readonly directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'repository-')));
  /** No configuration but the repository's own. */
  readonly environment: ProcessEnvironment = {
    variables: { HGRCPATH: '' },
    platform: 'linux',
    homeDirectory: this.directory,
    userId: process.geteuid?.(),
  };

  path(name: string): string {
    return path.join(this.directory, name);
  }

  write(name: string, content: string | Uint8Array): void {
    fs.mkdirSync(path.dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(this.path(name), content);
  }

  /** An empty repository as `hg init` makes it. */
  init(name: string, requirements = STORE_REQUIREMENTS): void {
    this.write(`${name}/.hg/requires`, 'share-safe\n');
    this.write(`${name}/.hg/store/requires`, requirements);
  }

  dispose(): void {
    removeTree(this.directory);
  }
}
