// `npm run build:native`: builds dist/native/<platform>-<arch>.node with the system's C compiler and Node's headers.
// Without either, it reports so and succeeds: JavaScript then does the same work.
//   npm run build:native -- [--require]   fails where nothing could be built
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { projectRoot } from './lib/processes.mjs';

const required = process.argv.includes('--require');
const output = path.join(projectRoot, 'dist', 'native', `${process.platform}-${process.arch}.node`);
const inFolder = name => path.join(projectRoot, 'native', name);
const sources = [
  'scan.c',
  'decode_v1.c',
  'decode_v2.c',
  'decode_bazaar.c',
  'decode_binding.c',
  'git_index.c',
  'git_index_binding.c',
  'git_staged.c',
  'git_staged_binding.c',
  'inflate.c',
  'listings.c',
  'listings_binding.c',
  'plan.c',
  'plan_binding.c',
  'watch.c',
  'peer.c',
  'binding.c',
].map(inFolder);
const inputs = [
  ...sources,
  ...[
    'scan.h',
    'scan_result.h',
    'decode.h',
    'decode_common.h',
    'decode_bazaar.h',
    'binding.h',
    'decode_binding.h',
    'git_index.h',
    'git_index_binding.h',
    'git_staged.h',
    'git_staged_binding.h',
    'inflate.h',
    'listings.h',
    'listings_binding.h',
    'plan.h',
    'plan_binding.h',
    'watch.h',
    'peer.h',
  ].map(inFolder),
];

/** The client of the shared server: a program of its own. */
const client = path.join(projectRoot, 'dist', 'native', `client-${process.platform}-${process.arch}`);

const reason = build() ?? buildClient();
if (reason === undefined) {
  console.log(path.relative(projectRoot, output));
} else {
  console.log(`No native code was built: ${reason}. JavaScript does its work.`);
  if (required) process.exitCode = 1;
}

/** Undefined if it is there; else why not. */
function build() {
  if (process.platform === 'win32') return 'it is not written for Windows';
  if (isCurrent(output, inputs)) return undefined;
  const headers = findHeaders();
  if (headers === undefined) return "Node's headers (node_api.h) were not found";
  const flags = ['-fPIC', '-fvisibility=hidden', '-I', headers];
  const link = process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared'];
  return compile(output, [...flags, ...link], sources);
}

/** Undefined if it is there; else why not. */
function buildClient() {
  const source = inFolder('client.c');
  return isCurrent(client, [source]) ? undefined : compile(client, ['-s'], [source]);
}

function compile(output, options, sources) {
  const compiler = [process.env.CC, 'cc', 'gcc', 'clang'].find(
    name => name !== undefined && name !== '' && spawnSync(name, ['--version']).status === 0,
  );
  if (compiler === undefined) return 'there is no C compiler';
  fs.mkdirSync(path.dirname(output), { recursive: true });
  // A file that is in use must not be written into: the new one takes its place.
  const made = `${output}.${process.pid}`;
  const flags = ['-O2', '-Wall', '-Wextra', '-Werror', ...options, '-o', made, ...sources];
  const { status, stderr } = spawnSync(compiler, flags, { encoding: 'utf8' });
  if (status !== 0) {
    fs.rmSync(made, { force: true });
    console.error(stderr);
    return `${compiler} failed`;
  }
  fs.renameSync(made, output);
  return undefined;
}

function isCurrent(made, sources) {
  if (!fs.existsSync(made)) return false;
  const built = fs.statSync(made).mtimeMs;
  return [...sources, import.meta.filename].every(input => fs.statSync(input).mtimeMs < built);
}

function findHeaders() {
  const prefix = path.dirname(path.dirname(fs.realpathSync(process.execPath)));
  return [process.env.npm_config_nodedir, prefix, '/usr', '/usr/local']
    .filter(place => place !== undefined)
    .map(place => path.join(place, 'include', 'node'))
    .find(place => fs.existsSync(path.join(place, 'node_api.h')));
}
