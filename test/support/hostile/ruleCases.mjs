// Ignore files and configuration that include what they must not, or that would take for ever.

const BACKTRACKING_NAME = `${'a'.repeat(200)}!`;

export const ruleCases = [
  { name: 'ignore-fifo', provokes: 'a fifo as .hgignore', make: w => w.fifo('.hgignore') },
  { name: 'ignore-device', provokes: 'a device without end as .hgignore', make: w => w.link('.hgignore', '/dev/zero') },
  {
    name: 'ignore-huge',
    provokes: '.hgignore of four gigabytes',
    make: w => w.sparse('.hgignore', 4 * 2 ** 30),
  },
  {
    name: 'ignore-include-device',
    provokes: 'an include of a device',
    make: w => w.write('.hgignore', 'include:/dev/zero\nnew.*\n'),
  },
  {
    name: 'ignore-include-fifo',
    provokes: 'an include of a fifo',
    make: w => {
      w.fifo('pipe');
      w.write('.hgignore', 'include:pipe\nnew.*\n');
    },
  },
  {
    name: 'ignore-include-itself',
    provokes: 'a file that includes itself',
    make: w => w.write('.hgignore', 'include:.hgignore\n'),
  },
  {
    name: 'ignore-include-doubling',
    provokes: 'thirty files that each include the next one twice',
    make: w => {
      w.write('.hgignore', 'include:rules/0\n');
      for (let i = 0; i < 30; i++) w.write(`rules/${i}`, `include:rules/${i + 1}\ninclude:rules/${i + 1}\n`);
      w.write('rules/30', 'new.*\n');
    },
  },
  {
    name: 'ignore-include-outside',
    provokes: 'an include of a file outside of the repository',
    make: w => w.write('.hgignore', `include:${w.writeOutside('rules', 'syntax: glob\nnew.*\n')}\n`),
  },
  {
    name: 'ignore-subinclude-outside',
    provokes: 'a subinclude of a file outside of the repository',
    make: w => w.write('.hgignore', `subinclude:${w.writeOutside('rules', 'syntax: glob\nnew.*\n')}\n`),
  },
  {
    name: 'ignore-backtracking',
    provokes: 'an expression that backtracks for ever',
    make: w => {
      w.write('.hgignore', '(a+)+$\n(a|aa)*b\n');
      w.write(BACKTRACKING_NAME, '');
    },
  },
  {
    name: 'ignore-back-reference',
    provokes: 'an expression with a reference that no linear engine knows',
    make: w => {
      w.write('.hgignore', '((a*)*)*\\1\\2!\n');
      w.write(BACKTRACKING_NAME, '');
    },
  },
  {
    name: 'ignore-repetition',
    provokes: 'nested repetitions, a thousand million of them',
    make: w => w.write('.hgignore', '(((a{1,1000}){1,1000}){1,1000})b\n'),
  },
  {
    name: 'ignore-parentheses',
    provokes: 'a hundred thousand open parentheses',
    make: w => w.write('.hgignore', `${'('.repeat(100_000)}a${')'.repeat(100_000)}\n`),
  },
  {
    name: 'ignore-many-patterns',
    provokes: 'two hundred thousand patterns',
    make: w =>
      w.write('.hgignore', `syntax: glob\n${Array.from({ length: 200_000 }, (_, i) => `*x${i}*`).join('\n')}\n`),
  },
  {
    name: 'ignore-braces',
    provokes: 'a glob with ten thousand nested braces',
    make: w => w.write('.hgignore', `syntax: glob\n${'{a,'.repeat(10_000)}b${'}'.repeat(10_000)}\n`),
  },
  {
    name: 'config-include-itself',
    provokes: 'a configuration that includes itself',
    make: w => w.write('.hg/hgrc', '%include hgrc\n'),
  },
  {
    name: 'config-include-device',
    provokes: 'a configuration that includes a device',
    make: w => w.write('.hg/hgrc', '%include /dev/zero\n'),
  },
  {
    name: 'config-include-doubling',
    provokes: 'thirty configuration files that each include the next one twice',
    make: w => {
      w.write('.hg/hgrc', '%include rc0\n');
      for (let i = 0; i < 30; i++) w.write(`.hg/rc${i}`, `%include rc${i + 1}\n%include rc${i + 1}\n`);
      w.write('.hg/rc30', '[ui]\nquiet = no\n');
    },
  },
  {
    name: 'config-commands',
    provokes: 'a configuration full of commands to execute',
    make: w => {
      const touch = `touch ${w.outside}`;
      const lines = ['[hooks]', ...['status', 'pre-status', 'update', 'pre-cat'].map(hook => `${hook} = ${touch}`)];
      lines.push('[ui]', `editor = ${touch}`, `ssh = ${touch}`, '[alias]', `status = !${touch}`, `st = !${touch}`);
      lines.push('[extensions]', `evil = ${w.at('evil.py')}`, '[extdiff]', `cmd.x = ${touch}`, '');
      w.write('.hg/hgrc', lines.join('\n'));
      w.write('evil.py', `import os\nos.system(${JSON.stringify(touch)})\n`);
    },
  },
  {
    name: 'config-monitor',
    provokes: 'a configuration that names a file system monitor to start',
    make: w => {
      w.write('.hg/hgrc', `[extensions]\nfsmonitor =\n[fsmonitor]\nwatchman_exe = ${w.at('evil')}\n`);
      w.write('evil', `#!/bin/sh\ntouch ${w.outside}\n`);
    },
  },
  {
    name: 'config-ignore-outside',
    provokes: 'an ignore file that the configuration names, outside of the repository',
    make: w => w.write('.hg/hgrc', `[ui]\nignore = ${w.writeOutside('rules', 'syntax: glob\nnew.*\n')}\n`),
  },
];
