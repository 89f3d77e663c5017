// The program that ssh runs to get a password: it asks the extension and prints the answer. It is a bundle of its own.
import { connect } from 'node:net';

/** Milliseconds between checks that ssh still runs: a killed ssh does not end this program. */
const LOOK_MS = 250;

const address = process.env['QUICKSILVER_ASKPASS_ADDRESS'];
const secret = process.env['QUICKSILVER_ASKPASS_SECRET'];

if (address === undefined || secret === undefined) {
  process.stderr.write('This program is run by ssh when it is run by Quicksilver.\n');
  process.exitCode = 1;
} else {
  let answer = '';
  const socket = connect(address);
  // An orphan gets another parent: then ssh is gone. (Windows keeps the first parent's id for ever.)
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid !== parent) socket.destroy();
  }, LOOK_MS);
  socket.on('close', () => clearInterval(look));
  socket.setEncoding('utf8');
  socket.on('connect', () =>
    socket.write(`${secret} ${Buffer.from(process.argv.slice(2).join(' '), 'utf8').toString('base64')}\n`),
  );
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.on('error', error => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
  socket.on('end', () => {
    if (answer === '') process.exitCode = 1;
    else process.stdout.write(`${JSON.parse(answer) as string}\n`);
  });
}
