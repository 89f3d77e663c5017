// A window whose repository is followed by the shared server: it shows the same, a second window shows it at once, the
// death of the server costs nothing but time, and a second window starts one again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { extensions } from 'vscode';
import type { QuicksilverRepository } from '../../../src/extension/api/api.ts';
import type { TestApi } from '../../../src/extension/api/testDoor.ts';
import { askServer } from '../../../src/daemon/shortClient.ts';
import * as protocol from '../../../src/server/protocol.ts';
import { scenario, until } from '../harness.ts';
import { assertNoHgStarted, at, hg, write } from '../outside.ts';
import { activeApi, assertShows, repositoryAt, type Marks } from '../shown.ts';

const base: Marks = { 'x.log': 'I' };
const PATIENT_MS = 20_000;
const EXTENSION = 'quicksilver.quicksilver';

interface Facts {
  readonly process: number;
  readonly roots: ReadonlyMap<string, { readonly users: number; readonly watches: number }>;
}

/** What the server knows of itself; undefined if none runs. */
async function server(): Promise<Facts | undefined> {
  const asked = await askServer('info', {}, process.env, PATIENT_MS, PATIENT_MS);
  if (asked.kind !== 'answer') return undefined;
  const [own, ...models] = asked.answer.fields.map(line => JSON.parse(line) as Record<string, unknown>);
  return {
    process: Number(own?.['process']),
    roots: new Map(
      models.map(model => [
        String(model['root']),
        { users: Number(model['users']), watches: Number(model['watches']) },
      ]),
    ),
  };
}

/** The first complete status that the engine of another window sends, and why it came. */
async function secondWindow(root: string): Promise<{ readonly cause: string; readonly paths: readonly string[] }> {
  const programs = path.join(extensions.getExtension(EXTENSION)!.extensionPath, 'dist');
  const worker = new Worker(path.join(programs, 'worker.cjs'), { workerData: { programs } });
  const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
  try {
    const paths: string[] = [];
    const first = new Promise<string>(resolve => {
      connection.onNotification(protocol.DidUpdate, update => {
        for (const entry of update.changed) paths.push(entry.path);
        if (update.settled) resolve(update.cause);
      });
    });
    connection.listen();
    await connection.sendRequest(protocol.Open, { root, auditSeconds: 0, watchShare: 0.25, sharing: 'auto' });
    return { cause: await first, paths: paths.sort() };
  } finally {
    connection.dispose();
    await worker.terminate();
  }
}

/** The process of another window: its engine opens one repository. Arguments: the folder of the bundles, and the root. */
const OTHER_WINDOW = `
const { Worker } = require('node:worker_threads');
const [programs, root] = process.argv.slice(1);
const worker = new Worker(programs + '/worker.cjs', { workerData: { programs } });
const params = { root, auditSeconds: 0, watchShare: 0.25, sharing: 'auto' };
worker.postMessage({ jsonrpc: '2.0', id: 1, method: 'repository/open', params });
process.stdin.on('end', () => process.exit()).resume();
`;

// There is no server on Windows.
(process.platform === 'win32' ? describe.skip : describe)('a window with a shared server', () => {
  let api: TestApi;
  let repository: QuicksilverRepository;

  const shows = (marks: Marks): Promise<void> => assertShows(api, repository, { ...base, ...marks });

  before(async () => {
    api = await activeApi();
    repository = await repositoryAt(api, at());
    await shows({});
  });

  after(async () => {
    await askServer('stop', {}, process.env, PATIENT_MS, PATIENT_MS);
    fs.rmSync(scenario().data['runtime']!, { recursive: true, force: true });
  });

  it('has started one, which follows its repository', async () => {
    const facts = await server();
    assert.equal(facts?.roots.get(at())?.users, 1);
  });

  it('shows edits and commits', async () => {
    write('src/edited.txt', 'two, longer\n');
    write('new.txt', 'new\n');
    await shows({ 'src/edited.txt': 'M', 'new.txt': '?' });
    await hg(at(), 'commit', '--message', 'Edited', 'src/edited.txt');
    await shows({ 'new.txt': '?' });
  });

  it('shares its model with a second window, which gets everything at once', async () => {
    const before = await server();
    const { cause, paths } = await secondWindow(at());
    assert.equal(cause, 'shared');
    assert.deepEqual(paths, ['new.txt', 'x.log']);
    const now = await server();
    assert.equal(now?.process, before?.process);
    assert.equal(now?.roots.get(at())?.watches, before?.roots.get(at())?.watches);
  });

  it('shows the same at once when its engine starts anew, as after a reload', async () => {
    const causes: string[] = [];
    const listener = repository.onDidChange(({ cause }) => causes.push(cause));
    try {
      api.view.crashEngine();
      await until('the engine publishes everything anew', () => causes.length > 0, repository.onDidChange);
    } finally {
      listener.dispose();
    }
    assert.equal(causes[0], 'shared');
    await shows({ 'new.txt': '?' });
  });

  it('goes on when the server is killed', async () => {
    const facts = await server();
    assert.ok(facts !== undefined);
    process.kill(facts.process, 'SIGKILL');
    write('src/kept.txt', 'kept, changed\n');
    await shows({ 'new.txt': '?', 'src/kept.txt': 'M' });
    await hg(at(), 'commit', '--message', 'Kept');
    write('later.txt', 'later\n');
    await shows({ 'new.txt': '?', 'later.txt': '?' });
  });

  it('moves to the server that a second window starts', async () => {
    assert.equal(await server(), undefined);
    const programs = path.join(extensions.getExtension(EXTENSION)!.extensionPath, 'dist');
    const other = spawn(process.execPath, ['-e', OTHER_WINDOW, programs, at()], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    const ended = once(other, 'exit');
    try {
      while ((await server())?.roots.get(at())?.users !== 2);
      write('src/shared.txt', 'by both\n');
      await shows({ 'new.txt': '?', 'later.txt': '?', 'src/shared.txt': '?' });
    } finally {
      other.stdin.end();
      await ended;
    }
    fs.rmSync(at('src/shared.txt'));
    await shows({ 'new.txt': '?', 'later.txt': '?' });
  });

  it('has started no hg for any of that', assertNoHgStarted);
});
