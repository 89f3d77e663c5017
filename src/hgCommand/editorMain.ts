// The program that hg runs to edit a message: it sends the file's text to the extension and writes the answer. It is a
// bundle of its own. It always exits with success; on any failure the message stays as hg proposed it. editorProgram.ts
// explains why.
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';

const [id, file] = process.argv.slice(2);
const address = process.env['QUICKSILVER_EDITOR_ADDRESS'];
const secret = process.env['QUICKSILVER_EDITOR_SECRET'];

if (id === undefined || file === undefined || address === undefined || secret === undefined) {
  process.stderr.write('This program is run by hg when it is run by Quicksilver.\n');
  process.exitCode = 1;
} else {
  edit(id, file, address, secret);
}

function edit(id: string, file: string, address: string, secret: string): void {
  const bytes = readFileSync(file);
  // Bytes that are not UTF-8 text stay as they are.
  if (!Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes)) return;
  let answer = '';
  const socket = connect(address);
  socket.setEncoding('utf8');
  socket.on('connect', () => socket.write(`${secret} ${id} ${bytes.toString('base64')}\n`));
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.on('error', error => process.stderr.write(`The message was not edited: ${error.message}\n`));
  socket.on('end', () => {
    if (answer !== '') writeFileSync(file, JSON.parse(answer) as string);
  });
}
