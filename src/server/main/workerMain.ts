// Entry of the worker thread.
import { parentPort, workerData } from 'node:worker_threads';
import { createMessageConnection, PortMessageReader, PortMessageWriter } from 'vscode-jsonrpc/node';
import { Server } from '../server.ts';

if (parentPort === null) throw new Error('This file is the entry of a worker thread.');
const connection = createMessageConnection(new PortMessageReader(parentPort), new PortMessageWriter(parentPort));
const programs = (workerData as { readonly programs?: string } | null)?.programs;
const server = new Server(connection, { programs });
connection.onClose(() => server.dispose());
connection.listen();
