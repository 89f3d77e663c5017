// A repository behind the server, and a program on the PATH that records each start and then runs the real one.
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { SystemKind } from '../../src/base/repositoryState.ts';
import { currentEnvironment } from '../../src/files/environment.ts';
import * as protocol from '../../src/server/protocol.ts';
import { STATUS_LETTERS } from '../../src/server/statusLetters.ts';
import { ServedClient } from './servedClient.ts';

export interface ServedOptions {
  /** A folder of the test's own. */
  readonly base: string;
  readonly root: string;
  readonly system: SystemKind;
  /** Absolute path of the real program. */
  readonly program: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

export class FallbackHarness extends ServedClient {
  readonly #system: SystemKind;
  readonly #calls: string;

  constructor({ base, root, system, program, variables }: ServedOptions) {
    const calls = path.join(base, 'calls');
    fs.writeFileSync(calls, '');
    const bin = path.join(base, 'bin');
    fs.mkdirSync(bin);
    const script = `#!/bin/sh\necho "$@" >> '${calls}'\nexec '${program}' "$@"\n`;
    fs.writeFileSync(path.join(bin, path.basename(program)), script, { mode: 0o755 });
    const own = { ...variables, PATH: `${bin}:${variables['PATH'] ?? ''}` };
    super(root, { environment: { ...currentEnvironment(), homeDirectory: base, variables: own } });
    this.#system = system;
    this.#calls = calls;
  }

  get calls(): string[] {
    return fs.readFileSync(this.#calls, 'utf8').split('\n').slice(0, -1);
  }

  /** The program that answers. */
  get program(): string | undefined {
    return this.state.kind === 'fallback' ? this.state.program : undefined;
  }

  get entries(): string[] {
    return [...this.published.values()]
      .map(
        ({ path: at, status, source }) =>
          `${STATUS_LETTERS[status]} ${at}${source === undefined ? '' : ` < ${source}`}`,
      )
      .sort();
  }

  async open(): Promise<void> {
    const options = { root: this.root, system: this.#system, auditSeconds: 0, watchShare: 0.5 };
    await this.connection.sendRequest(protocol.Open, options);
    await this.settle();
  }
}
