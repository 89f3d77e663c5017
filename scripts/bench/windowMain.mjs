// A window of VS Code as far as memory goes: a process with the engine's worker thread, which opens one repository.
// Arguments: the worker's bundle, the root, and how to share. It prints lines of JSON: { ready: 'process' } before the
// worker starts, then { ready: 'status', milliseconds, cause }. It ends with its standard input.
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';

const [file, root, sharing] = process.argv.slice(2);
process.stdin.resume();
process.stdin.once('end', () => process.exit());
console.log(JSON.stringify({ ready: 'process' }));
process.stdin.once('data', () => {
  const worker = new Worker(file, { workerData: { programs: path.dirname(file) } });
  const connection = createMessageConnection(new PortMessageReader(worker), new PortMessageWriter(worker));
  const started = performance.now();
  connection.onNotification('repository/didUpdate', update => {
    if (!update.settled || update.state.kind !== 'ready') return;
    const milliseconds = performance.now() - started;
    console.log(JSON.stringify({ ready: 'status', milliseconds, cause: update.cause }));
  });
  connection.listen();
  const options = { root, auditSeconds: 0, watchShare: 0.25, sharing };
  connection.sendRequest('repository/open', options).catch(error => {
    console.error(error);
    process.exit(1);
  });
});
