// A window of VS Code as far as its engine goes: a process with the worker thread. Arguments: the worker's bundle, how
// to share, and the repositories. It prints a line of JSON when it runs. For each line of its standard input it opens
// the next repository. With the first settled status it prints { ready: root, milliseconds, processor, cause }. It ends
// with its standard input.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import readline from 'node:readline';
import { Worker } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';

const [file, sharing, ...roots] = process.argv.slice(2);
let connection;
let waiting = () => {};
const print = facts => console.log(JSON.stringify(facts));

const input = readline.createInterface({ input: process.stdin });
input.on('line', () => void open(roots.shift()));
input.on('close', () => process.exit());
print({ ready: 'process' });

async function open(root) {
  connection ??= startWorker();
  const settled = new Promise(resolve => {
    waiting = update => {
      if (update.root === root && update.settled && update.state.kind === 'ready') resolve(update.cause);
    };
  });
  const started = performance.now();
  const before = process.cpuUsage();
  await connection.sendRequest('repository/open', { root, auditSeconds: 0, watchShare: 0.25, sharing });
  const cause = await settled;
  const { user, system } = process.cpuUsage(before);
  print({ ready: root, milliseconds: performance.now() - started, processor: (user + system) / 1000, cause });
}

function startWorker() {
  const worker = new Worker(file, { workerData: { programs: path.dirname(file) } });
  const made = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
  made.onNotification('repository/didUpdate', update => waiting(update));
  made.listen();
  return made;
}
