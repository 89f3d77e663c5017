import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest, parseArguments, splitCommand, type OptionSpecs } from '../../../src/cli/arguments.ts';
import { QuicksilverError } from '../../../src/base/errors.ts';

const SPECS: OptionSpecs = {
  modified: { type: 'boolean', short: 'm', help: '' },
  added: { type: 'boolean', short: 'a', help: '' },
  all: { type: 'boolean', short: 'A', help: '' },
  'no-status': { type: 'boolean', short: 'n', help: '' },
  print0: { type: 'boolean', short: '0', help: '' },
  repository: { type: 'string', short: 'R', help: '' },
  rev: { type: 'string', help: '', unavailable: true },
};

function parse(...args: string[]): { flags: string[]; values: [string, string][]; positionals: readonly string[] } {
  const { flags, values, positionals } = parseArguments(args, SPECS, 'status');
  return { flags: [...flags].sort(), values: [...values], positionals };
}

function rejects(args: string[], message: string, code = 'usage'): void {
  assert.throws(
    () => parse(...args),
    (error: unknown) => {
      assert.ok(error instanceof QuicksilverError);
      assert.equal(error.code, code);
      assert.equal(error.message, message);
      return true;
    },
  );
}

test('short options in a group, with a value at its end or in the next argument', () => {
  assert.deepEqual(parse('-ma0', 'x'), { flags: ['added', 'modified', 'print0'], values: [], positionals: ['x'] });
  assert.deepEqual(parse('-mR', 'root', 'x'), {
    flags: ['modified'],
    values: [['repository', 'root']],
    positionals: ['x'],
  });
  assert.deepEqual(parse('-Rroot'), { flags: [], values: [['repository', 'root']], positionals: [] });
});

test('long options whole, abbreviated, with a value in either form, and negated', () => {
  assert.deepEqual(parse('--modified', '--repo', 'r').values, [['repository', 'r']]);
  assert.deepEqual(parse('--repository=r=s').values, [['repository', 'r=s']]);
  assert.deepEqual(parse('--mod').flags, ['modified']);
  assert.deepEqual(parse('-m', '--no-modified').flags, []);
  assert.deepEqual(parse('--no-mod', '-m').flags, ['modified']);
  assert.deepEqual(parse('--no-status').flags, ['no-status']);
  assert.deepEqual(parse('-n', '--status').flags, []);
});

test('what follows -- is no option, and what an option takes is none either', () => {
  assert.deepEqual(parse('-m', '--', '-a', '--all').positionals, ['-a', '--all']);
  assert.deepEqual(parse('-R', '--al').values, [['repository', '--al']]);
  assert.deepEqual(parse('-').positionals, ['-']);
});

test('what is not known is named, with what may have been meant', () => {
  const help = "'quicksilver status --help' lists the options";
  rejects(['--modifed'], `unknown option --modifed; did you mean --modified? ${help}`);
  rejects(['--frobnicate'], `unknown option --frobnicate; ${help}`);
  rejects(['-M'], `unknown option -M; did you mean -m (--modified)? ${help}`);
  rejects(['-mZ'], `unknown option -Z; ${help}`);
  rejects(['--a'], 'option --a is ambiguous: --added, --all');
  rejects(['--no-no-status'], `unknown option --no-no-status; did you mean --no-status? ${help}`);
  rejects(['--no-repository'], `unknown option --no-repository; did you mean --repository? ${help}`);
  rejects(['--toString'], `unknown option --toString; ${help}`);
});

test('an option that hg has and we have not yet says so', () => {
  rejects(['--rev', '3'], '--rev is not supported by quicksilver status yet', 'unsupported');
});

test('values that are missing or too many', () => {
  rejects(['-R'], 'option -R needs a value');
  rejects(['--repository'], 'option --repository needs a value');
  rejects(['--modified=yes'], 'option --modified takes no value');
});

test('the command is the first argument that is neither an option nor the value of one', () => {
  assert.deepEqual(splitCommand(['-R', 'root', 'status', '-m', 'x'], SPECS), {
    command: 'status',
    rest: ['-R', 'root', '-m', 'x'],
  });
  assert.deepEqual(splitCommand(['--repo', 'root', 'status'], SPECS), { command: 'status', rest: ['--repo', 'root'] });
  assert.deepEqual(splitCommand(['-Rroot', '--repository=x', 'doctor'], SPECS).command, 'doctor');
  assert.deepEqual(splitCommand(['--help'], SPECS), { command: undefined, rest: ['--help'] });
  assert.deepEqual(splitCommand(['--', 'status'], SPECS).command, undefined);
});

test('a misspelling is told from another word', () => {
  assert.equal(nearest('satus', ['status', 'watch']), 'status');
  assert.equal(nearest('wacth', ['status', 'watch']), 'watch');
  assert.equal(nearest('STATUS', ['status', 'watch']), 'status');
  assert.equal(nearest('commit', ['status', 'watch']), undefined);
  assert.equal(nearest('x'.repeat(10_000), ['status']), undefined);
});
