// A process was stopped for a while, and the system dropped events. It must see the commands of hg meanwhile without an
// audit. With the native watches and with those of Node.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RepositoryUpdate } from '../../src/server/protocol.ts';
import { sampleRepository } from '../support/hgSandbox.ts';
import { hgEnvironment } from '../support/hgServer.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** More than Linux keeps for a reader (16,384). */
const EVENTS = 20_000;

const skip = process.platform === 'linux' ? false : 'only Linux drops events of a process that is stopped';

for (const [kind, variables] of [
  ['native watches, if they are built', {}],
  ['watches of Node', { QUICKSILVER_NATIVE: '0' }],
] as const) {
  test(`a commit is seen although its events were dropped: ${kind}`, { skip, timeout: 300_000 }, async t => {
    const { sandbox, root } = sampleRepository(t);
    sandbox.write('repository', 'changed', 'something else\n');
    const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'watch', '--cwd', root], {
      env: { ...hgEnvironment(), ...variables },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    const causes: string[] = [];
    let committed: string | undefined;
    for await (const line of createInterface({ input: child.stdout })) {
      const update = JSON.parse(line) as RepositoryUpdate;
      causes.push(update.cause);
      if (update.state.kind !== 'ready' || !update.settled) continue;
      if (committed === undefined) {
        assert.deepEqual(update.counts.modified, 1);
        child.kill('SIGSTOP');
        // Two files in turn: the system joins equal events that follow each other.
        for (let i = 0; i < EVENTS; i++) fs.utimesSync(`${root}/${i % 2 === 0 ? 'clean' : 'sub/deep'}`, i, i);
        sandbox.hg('repository', ['commit', '-qm', 'second']);
        committed = sandbox.hg('repository', ['log', '-r', '.', '-T', '{node}']).toString();
        child.kill('SIGCONT');
      } else if (update.head?.firstParent === committed && update.counts.modified === 0) break;
    }
    child.kill('SIGKILL');
    assert.ok(committed !== undefined && !causes.some(cause => cause.includes('audit')), causes.join('; '));
  });
}
