#!/usr/bin/env node
// `answer-server.mjs MODULE COMMAND...`: runs the command while processes of this server answer for MODULE's `answer`.
// The command asks with `ask-server ARGUMENT...`, which costs a hundredth of the start of the program.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bytes } from './program.mjs';

/** A process that has answered so often is replaced: each run of the program leaves something behind. */
const ANSWERS = 200;

const [module, ...command] = process.argv.slice(2);
const { answer } = await import(pathToFileURL(path.resolve(module)).href);
if (process.send === undefined) process.exitCode = await serve();
else answerForParent();

/** Resolves with the exit code of the command. */
async function serve() {
  const idle = [];
  const waiting = [];
  const dispatch = () => {
    while (idle.length > 0 && waiting.length > 0) handOver(idle.shift(), waiting.shift());
  };
  const start = () => {
    const child = Object.assign(fork(import.meta.filename, [module]), { answers: 0, socket: undefined });
    const end = ({ code, out, err }) => {
      child.socket?.end(`${code}\n${code === 0 ? out : err}`, 'latin1');
      child.socket = undefined;
    };
    child.on('message', result => {
      end(result);
      if (++child.answers < ANSWERS) idle.push(child);
      else child.disconnect();
      dispatch();
    });
    child.on('exit', (code, signal) => {
      end({ code: 1, err: `the process that answers ended with ${signal ?? code}\n` });
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
      if (isOver) return;
      idle.push(start());
      dispatch();
    });
    return child;
  };
  const handOver = (child, { socket, request }) => {
    child.socket = socket;
    child.send(request);
  };
  let isOver = false;
  for (let i = 0; i < os.availableParallelism(); i++) idle.push(start());
  const server = net.createServer(socket => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('error', () => socket.destroy());
    socket.on('data', data => {
      text += data;
      if (!text.endsWith('\n\n')) return;
      const [args, environment] = text.split('\n');
      waiting.push({ socket, request: { args, environment } });
      dispatch();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const env = { ...process.env, ANSWER_PORT: String(server.address().port) };
  const [code] = await once(spawn(command[0], command.slice(1), { env, stdio: 'inherit' }), 'exit');
  isOver = true;
  server.close();
  for (const child of idle) if (child.connected) child.disconnect();
  return code ?? 1;
}

/** Answers one request after the other, in the environment of who asks. */
function answerForParent() {
  const listOf = text => Buffer.from(text, 'base64').toString('utf8').split('\0').slice(0, -1);
  process.on('message', ({ args, environment }) => {
    // Nothing but the request keeps the process alive, so that its end is seen.
    process.channel.unref();
    for (const name of Object.keys(process.env)) delete process.env[name];
    for (const variable of listOf(environment)) {
      const at = variable.indexOf('=');
      process.env[variable.slice(0, at)] = variable.slice(at + 1);
    }
    answer(listOf(args))
      .catch(error => ({ code: 1, out: '', err: bytes(`${error.stack}\n`) }))
      .then(result => {
        process.channel.ref();
        process.send(result);
      });
  });
}
