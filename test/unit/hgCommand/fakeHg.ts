// A program that is called like hg, and does what a test wants: speaks the command server's protocol well or badly, hangs,
// dies. It writes down each start and each command.
import * as fs from 'node:fs';
import type { TestContext } from 'node:test';
import type { Variables } from '../../../src/hgCommand/hgVariables.ts';
import type { TemporaryDirectory } from '../../support/temporaryDirectory.ts';
import { temporaryDirectory } from '../../support/temporaryDirectory.ts';

/** What the server does: greets well, after the gate was opened, with garbage, never, or ends at once. */
export type Greeting = 'good' | 'late' | 'garbage' | 'silent' | 'none';

const SCRIPT = `#!${process.execPath}
const fs = require('node:fs');
const note = line => fs.appendFileSync(process.env.FAKE_LOG, line + '\\n');
const args = process.argv.slice(2);
// Without the word that parts options from operands.
const command = list => list.slice(list.findIndex(word => word.startsWith('--cwd=')) + 1).filter(word => word !== '--');
const frame = (channel, data) => {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data);
  const header = Buffer.alloc(5);
  header.write(channel);
  header.writeUInt32BE(bytes.length, 1);
  process.stdout.write(Buffer.concat([header, bytes]));
};
const code = value => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes; };
const hang = () => setInterval(() => undefined, 1000);
const ignoreTerm = () => process.on('SIGTERM', () => note('SIGTERM'));

if (args[0] === 'version') {
  process.stdout.write('Mercurial Distributed SCM (version ' + (process.env.FAKE_VERSION ?? '6.3.2') + ')\\n');
} else if (args.includes('serve')) {
  note('serve');
  serve(process.env.FAKE_GREETING ?? 'good');
} else {
  run(command(args));
}

function run([name, ...rest]) {
  note(['process', name, ...rest].join(' '));
  if (name === 'hang') hang();
  else if (name === 'stubborn') { ignoreTerm(); hang(); }
  else if (name === 'fail') { process.stderr.write('abort: no\\n'); process.exitCode = 255; }
  else if (name === 'environment') process.stdout.write(JSON.stringify(process.env));
  else if (name === 'until-gate') {
    afterGate(() => process.stdout.write('went through'));
  }
  else if (name === 'orphan') {
    require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => 0, 5000)'], {
      stdio: ['ignore', 'inherit', 'inherit'], detached: true,
    }).unref();
    process.stdout.write('left');
  }
  else process.stdout.write('process ' + rest.join(' '));
}

function afterGate(go) {
  const gate = process.env.FAKE_LOG + '.gate';
  const look = () => {
    if (!fs.existsSync(gate)) return;
    watcher.close();
    go();
  };
  const watcher = fs.watch(require('node:path').dirname(gate), look);
  look();
}

function serve(greeting) {
  if (greeting === 'late') { afterGate(() => serve('good')); return; }
  if (greeting === 'garbage') { process.stdout.write('Welcome to something else\\n'); hang(); return; }
  if (greeting === 'silent') { hang(); return; }
  if (greeting === 'none') { process.stderr.write('abort: no server\\n'); process.exitCode = 255; return; }
  frame('o', 'capabilities: getencoding runcommand attachio\\nencoding: UTF-8\\npid: 1\\nfuture-field: whatever: 7\\n');
  let bytes = Buffer.alloc(0);
  let asked = false;
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('data', chunk => {
    bytes = Buffer.concat([bytes, chunk]);
    if (asked && bytes.length >= 4) {
      frame('o', 'input of ' + bytes.readUInt32BE(0) + ' bytes');
      frame('r', code(0));
      asked = false;
      bytes = bytes.subarray(4);
    }
    const prefix = 'runcommand\\n'.length;
    if (bytes.length < prefix + 4) return;
    const length = bytes.readUInt32BE(prefix);
    if (bytes.length < prefix + 4 + length) return;
    const [name, ...rest] = command(bytes.subarray(prefix + 4, prefix + 4 + length).toString().split('\\0'));
    bytes = bytes.subarray(prefix + 4 + length);
    note(['server', name, ...rest].join(' '));
    if (name === 'hang') return;
    if (name === 'die') process.exit(3);
    if (name === 'nonsense') { process.stdout.write('\\x00\\x00\\x00\\x00\\x00'); return; }
    if (name === 'must-understand') { frame('Z', 'x'); return; }
    if (name === 'ask' || name === 'ask-line') {
      asked = true;
      const header = Buffer.alloc(5);
      header.write(name === 'ask' ? 'I' : 'L');
      header.writeUInt32BE(4096, 1);
      process.stdout.write(header);
      return;
    }
    frame('d', 'for developers');
    frame('z', 'may be passed over');
    frame('e', name === 'fail' ? 'abort: no\\n' : '');
    for (const character of 'server ' + rest.join(' ')) frame('o', character);
    frame('r', code(name === 'fail' ? 255 : 0));
  });
}
`;

export class FakeHg {
  readonly directory: TemporaryDirectory;
  /** Absolute path of the program. */
  readonly hg: string;
  readonly #log: string;

  constructor(t: TestContext) {
    this.directory = temporaryDirectory(t);
    this.directory.files({ hg: SCRIPT, log: '' });
    this.directory.chmod('hg', 0o755);
    this.hg = `${this.directory.root}/hg`;
    this.#log = `${this.directory.root}/log`;
  }

  /** The environment that has it do so. */
  variables(greeting: Greeting = 'good', more: Variables = {}): Variables {
    return { PATH: this.directory.root, FAKE_LOG: this.#log, FAKE_GREETING: greeting, ...more };
  }

  /** Resolves when this line is among the {@link calls}. */
  async called(line: string): Promise<void> {
    if (this.calls.includes(line)) return;
    const watcher = fs.watch(this.#log);
    try {
      await new Promise<void>((resolve, reject) => {
        const look = (): void => {
          if (this.calls.includes(line)) resolve();
        };
        watcher.on('change', look);
        watcher.on('error', reject);
        look();
      });
    } finally {
      watcher.close();
    }
  }

  /** The command `until-gate`, in a process, ends after this; a server that greets late does so. */
  openGate(): void {
    fs.writeFileSync(`${this.#log}.gate`, '');
  }

  /** What was started and run so far, one line each; versions asked for are left out. */
  get calls(): string[] {
    return fs.readFileSync(this.#log, 'utf8').split('\n').slice(0, -1);
  }
}
