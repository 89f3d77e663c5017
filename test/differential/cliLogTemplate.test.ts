// `quicksilver log` writes changesets by templates as `hg log` writes them, byte for byte: from options and from the
// configuration. It refuses by name templates, and settings that change the output, which it cannot follow.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { test, type TestContext } from 'node:test';
import { QuicksilverError } from '../../src/base/errors.ts';
import { runCommandLine } from '../../src/cli/commands.ts';
import { hgIn, sameAnswer } from '../support/comparedCommands.ts';
import { hgEnvironment, HgServer } from '../support/hgServer.ts';
import { Random } from '../support/random.ts';
import { DAG_CONFIG, RandomDag } from '../support/randomDag.ts';
import { removeTree } from '../../scripts/lib/remove-tree.mjs';

const USER = { ...hgEnvironment(), HGPLAIN: undefined };

const TEMPLATES = [
  // Keywords.
  '{rev} {node} {node|short} {branch} {phase} {phaseidx} {author} {user}\n',
  '{date} {date|hgdate} {tags} {bookmarks} {branches} {parents} {children}\n',
  '{p1} {p2} {p1rev} {p2rev} {p1node} {p2node} {p1.rev} {p2.node|short} {p1.branch}|{p1.user}|{p2.phase}\n',
  '{desc}|{desc|firstline}|{files}|{file_copies}|{extras}|{obsolete}|{instabilities}|{graphnode}|{index}\n',
  // Lists.
  '[{extras}] [{file_copies}] [{parents}] [{children}] {join(extras, ";")} {join(parents, ";")} {join(file_copies)}\n',
  '{files % "{file};"}{tags % "{tag};"}{bookmarks % "{bookmark};"}{branches % "{branch};"}\n',
  '{parents % "{rev}:{node|short} {phase} {desc|firstline} "}{parents|count}\n',
  '{children % "{rev} {child} "}{parents % "{parent}{branch}"}{extras % "{key}={value};"}{get(extras, "branch")}{get(extras, "none")}\n',
  '{file_copies % "{name}<{source}>"}{instabilities % "<{instability}>"}{files % "{index}"}\n',
  '{join(files, ", ")}|{join(tags, ":")}|{join(bookmarks)}|{files|count}|{desc|splitlines % "<{line}>"}\n',
  '{files|json}{tags|json}{rev|json}{date|json}{desc|json}{author|json}\n',
  // Dates.
  '{date|age} {date|isodate} {date|isodatesec} {date|rfc3339date} {date|rfc822date} {date|shortdate}\n',
  '{date(date)} {date(date, "%Y-%m-%d %H:%M:%S %z %1:%2 %a %b %d %e %y %I %p %% %F %T")} {date|date}\n',
  // Texts.
  '{author|person}|{author|email}|{author|user}|{author|emailuser}|{author|domain}\n',
  '{desc|upper}|{desc|lower}|{desc|tabindent}|{desc|addbreaks}|{desc|escape}|{desc|xmlescape}|{desc|stringify}\n',
  '{strip("  a ")}|{strip("xxax", "x")}|{startswith("F", desc)}|{word(1, desc)}|{word(-1, desc)}|{word(9, desc)}\n',
  '{indent(desc, "> ")}|{indent(desc, "  ", "* ")}|{separate(" ", tags, bookmarks, branch, "")}\n',
  '{pad(rev, 5)}|{pad(rev, 5, "-", True)}|{pad(author, 12)}|{pad("größe", 8, "*")}|{"a/b/c"|basename}|{"a/b"|stripdir}\n',
  '{shortest(node)} {shortest(node, 1)} {shortest(node, 12)} {node|shortest} {tags|nonempty}\n',
  // Conditions and calculations.
  '{if(tags, "tagged {tags}", "none")}{if(0, "t", "f")}{if(bookmarks, "b")}{if(p2rev, "x")}\n',
  '{ifeq(branch, "default", "", branch)}{ifeq(rev, 3, "three")}{ifcontains("f1", files, "y", "n")}\n',
  '{ifcontains("i", desc, "y", "n")}{rev + 1} {rev * 2 - 1} {-rev} {rev / 2} {mod(rev, 3)} {(rev + 1) * 2}\n',
  // Quotes and escapes.
  '\\{{rev}\\}\\t\\x41\\q}{"a\\nb{rev}"}{r"a\\n{rev}"}{\'it\\\'s {branch}\'}\n',
  "{if(tags, '{tags % \"{tag}:{rev} \"}')}{label('red', rev)}{label('x', '')}\n",
  'constant\\n',
  // What people have.
  '{label("log.changeset changeset.{phase}", "{rev}:{node|short}")} {label("log.tag", tags)} {desc|firstline}\n',
  "{graphnode} {label('bold', '{shortest(node)}')} {label('green', date|age)} {separate(' ', bookmarks, tags)}\n",
  'changeset: {rev}:{node|short}\n{if(branches, "branch: {branches}\n")}{ifeq(p2rev, "-1", "", "merge\n")}\n',
];

async function randomRepository(t: TestContext): Promise<{ root: string; server: HgServer; script: HgServer }> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-template-')));
  t.after(() => removeTree(root));
  const server = new HgServer(undefined, DAG_CONFIG, USER);
  const script = new HgServer(undefined, DAG_CONFIG);
  t.after(() => Promise.all([server.close(), script.close()]));
  await server.run('init', root);
  const own = new HgServer(root, DAG_CONFIG);
  try {
    const dag = new RandomDag(root, own, new Random(11));
    await dag.grow(16);
    await dag.decorate();
    await own.run('update', '-q', '-C', '-r', 'tip');
    await own.run('mv', 'f0', 'moved');
    await own.run('cp', 'f2', 'copied');
    const commit = (message: string, user: string, date: string): Promise<unknown> =>
      own.run('commit', '-q', '-m', message, '-u', user, '-d', date);
    await commit('<b>"quoted" & more\n\n  two\n\nend\ttab', '"Ann Lee (a)" <ann.lee@example.org>', '1700000000 -19800');
    // Far from the moments at which an age gets another number.
    for (const [index, days] of [0, 1, 3, 20, 100, 400, -2].entries()) {
      fs.writeFileSync(path.join(root, 'f1'), `age ${index}\n`);
      await commit(
        `age ${index}`,
        'joe.smith@example.org',
        `${Math.floor(Date.now() / 1000) - days * 86_400 - 9000} 0`,
      );
    }
    await own.run('debugobsolete', (await own.run('log', '-r', 'tip', '-T', '{node}')).output);
  } finally {
    await own.close();
  }
  return { root, server, script };
}

test('templates of the option', async t => {
  const { root, server } = await randomRepository(t);
  for (const template of TEMPLATES) {
    for (const more of [[], ['--color=debug', '--hidden'], ['-G', '--color=always']]) {
      const args = ['log', '-T', template, ...more];
      await sameAnswer(args, root, await hgIn(server, args, root), {});
    }
  }
  for (const more of [['-p'], ['--stat', '-v'], ['-p', '-G', '-q'], ['-l', '0']]) {
    const args = ['log', '-T', '{rev} {branch}\n', '-l', '5', ...more];
    await sameAnswer(args, root, await hgIn(server, args, root), {});
  }
});

/** Settings with what each of them is, and options with which their output is compared. */
const FOLLOWED: readonly (readonly [config: string, ...args: readonly string[]])[] = [
  ['[command-templates]\nlog = {rev} {branch}\\n\n'],
  ['[command-templates]\nlog = "é {rev} ☿\\n"\n[templates]\nmine = é'],
  ['[templates]\nmine = ü{rev}\\n\n', '-T', 'mine'],
  ['[command-templates]\nlog = "{rev} {branch}\\n"\n', '-v'],
  ["[ui]\nlogtemplate = '{rev} {node|short}\\n'\n", '-q'],
  ['[ui]\nlogtemplate = {rev}\\n\n[command-templates]\nlog = {node}\\n\n', '-G'],
  ['[ui]\nstyle = default\n'],
  ['[ui]\nlogtemplate = {rev}\\n\n', '-T', 'default'],
  ['[ui]\nlogtemplate = {rev}\\n\n', '-T', 'json'],
  ['[templates]\nmine = {rev} {other}\\n\nother = "<{branch}>"\n', '-T', 'mine'],
  ['[templates]\nmine = {rev}\\n\n[command-templates]\nlog = {mine}\n'],
  ['[ui]\nverbose = yes\n'],
  ['[ui]\nverbose = yes\n', '-q'],
  ['[ui]\nquiet = yes\n'],
  ['[ui]\nquiet = yes\n', '-v'],
  ['[ui]\nquiet = yes\nverbose = yes\n'],
  ['', '-q', '-v'],
  ['', '-q', '-v', '-T', 'json'],
  ['', '--style', 'default'],
  ['[ui]\ntweakdefaults = yes\n', '-p', '--color=never'],
  ['[ui]\ntweakdefaults = yes\n[diff]\ngit = no\n', '-p', '--color=never'],
  ['[command-templates]\noneline-summary = x\n'],
];

test('the configuration chooses the form, except for scripts', async t => {
  const { root, server, script } = await randomRepository(t);
  const files = path.join(root, '.hg/hgrc');
  for (const [config, ...more] of FOLLOWED) {
    fs.writeFileSync(files, config);
    const args = ['log', '-r', 'all() - tip', ...more];
    const { stdout } = await sameAnswer(args, root, await hgIn(server, args, root), {});
    assert.notEqual(stdout, '');
    await sameAnswer(args, root, await hgIn(script, args, root));
  }
});

test('what changes the output, and is not known here, is refused with the command of hg', async t => {
  const { root, script } = await randomRepository(t);
  const files = path.join(root, '.hg/hgrc');
  const refused = async (config: string, args: readonly string[], reason: RegExp, command: string): Promise<void> => {
    fs.writeFileSync(files, config);
    let stdout = '';
    const io = {
      stdout: { write: (bytes: string) => void (stdout += bytes) },
      stderr: { write: () => undefined },
      cwd: root,
      environment: {},
      platform: process.platform,
      signal: new AbortController().signal,
    };
    const saved = process.env['HGRCPATH'];
    process.env['HGRCPATH'] = '';
    try {
      await assert.rejects(runCommandLine(args, io), (error: unknown) => {
        assert.ok(error instanceof QuicksilverError);
        assert.equal(error.code, 'unsupported', error.message);
        assert.match(error.message, reason);
        assert.equal(error.hint, `run ${command}`);
        return true;
      });
    } finally {
      if (saved === undefined) delete process.env['HGRCPATH'];
      else process.env['HGRCPATH'] = saved;
    }
    assert.equal(stdout, '');
  };
  await refused('[ui]\nstyle = compact\n', ['log'], /the style 'compact'/, 'hg log');
  await refused('[ui]\nlogtemplate = {latesttag}\\n\n', ['log', '-G'], /the keyword 'latesttag'/, 'hg log -G');
  await refused('[templatealias]\nbranch = "x"\n', ['log', '-T', '{branch}'], /alias 'branch'/, "hg log -T '{branch}'");
  await refused('[alias]\nlog = outgoing\n', ['log'], /alias\.log/, 'hg log');
  await refused('[defaults]\nlog = --pager x\n', ['history', '-l', '3'], /defaults\.log/, 'hg history -l 3');
  await refused('[defaults]\nannotate = --pager x\n', ['annotate', 'f1'], /defaults\.annotate/, 'hg annotate f1');
  await refused('[ui]\ndebug = yes\n', ['log'], /ui\.debug/, 'hg log');
  await refused('[experimental]\nlog.topo = yes\n', ['log', '-G'], /experimental\.log\.topo/, 'hg log -G');
  await refused('', ['log', '-T', '{revset("0")}'], /the function 'revset'/, `hg log -T '{revset("0")}'`);
  await refused(
    '',
    ['log', '-T', "{sub('a', 'b', desc)}"],
    /'sub'/,
    String.raw`hg log -T '{sub('\''a'\'', '\''b'\'', desc)}'`,
  );
  await refused('', ['log', '-T', 'xml'], /the style 'xml'/, 'hg log -T xml');
  await refused('', ['log', '--style', './map'], /the style '.\/map'/, 'hg log --style ./map');
  await refused('', ['log', '-L', 'f1,1:2'], /-L is not supported/, 'hg log -L f1,1:2');
  await refused('', ['log', '-r', 'contains(f1)'], /the function 'contains' needs hg/, "hg log -r 'contains(f1)'");
  // Malformed ones are errors of both programs.
  fs.writeFileSync(files, '');
  for (const template of [
    '{rev',
    '{rev}}{',
    '{if(rev)}',
    '{rev % "x"}',
    '{join(rev, 1)}',
    '{"a',
    '{rev +}',
    '{tags.foo}',
  ]) {
    const args = ['log', '-T', template];
    const theirs = await hgIn(script, args, root);
    assert.equal(theirs.code, 255, template);
    await assert.rejects(
      sameAnswer(args, root, theirs).then(({ code }) => assert.notEqual(code, 255)),
      template,
    );
  }
});

test('topics, where their extension is on', async t => {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'quicksilver-topics-')));
  t.after(() => removeTree(root));
  const config = ['extensions.topic='];
  const probe = new HgServer(undefined, config);
  t.after(() => probe.close());
  if ((await probe.run('init', root)).code !== 0 || !(await probe.run('help', 'topics')).output.includes('topic')) {
    t.skip('the extension is not installed');
    return;
  }
  const own = new HgServer(root, config);
  try {
    for (const [index, topic] of ['', 'first', 'größe', 'last'].entries()) {
      if (topic !== '') await own.run('topics', '-q', topic);
      fs.writeFileSync(path.join(root, 'f'), `${index}\n`);
      assert.equal((await own.run('commit', '-q', '-A', '-m', `c${index}`, '-d', '0 0')).code, 0);
    }
    await own.run('bookmark', '-r', '2', 'mark');
    await own.run('phase', '-p', '-r', '1');
  } finally {
    await own.close();
  }
  const plain = new HgServer(undefined, [], USER);
  t.after(() => plain.close());
  for (const [config, server] of [
    ['[extensions]\ntopic =\n', probe],
    ['', plain],
  ] as const) {
    fs.writeFileSync(path.join(root, '.hg/hgrc'), config);
    for (const args of [[], ['-v'], ['-G'], ['-T', 'json'], ['-T', '{rev} {topic} {extras}\n']]) {
      const all = ['log', ...args];
      const { stdout } = await sameAnswer(all, root, await hgIn(server, all, root), {});
      if (args.length === 0) assert.equal(stdout.includes('\ntopic:       last\n'), config !== '');
    }
  }
});
