// What ssh runs when it wants a password: asks the extension and prints the answer. A bundle of its own.
import { connect } from 'node:net';

/** Milliseconds between two looks whether ssh is still there: it does not end this program when it is ended itself. */
const LOOK_MS = 250;

const address = process.env['QUICKSILVER_ASKPASS_ADDRESS'];
const secret = process.env['QUICKSILVER_ASKPASS_SECRET'];

if (address === undefined || secret === undefined) {
  process.stderr.write('This program is run by ssh when it is run by Quicksilver.\n');
  process.exitCode = 1;
} else {
  let answer = '';
  const socket = connect(address);
  // Whoever becomes the parent of an orphan is not ours. (Windows tells of the first parent for ever.)
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
