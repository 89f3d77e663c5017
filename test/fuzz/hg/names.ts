// Names and contents to draw from: ordinary ones often, so that operations meet each other, and all that is special to
// Mercurial's store, to its ignore files and to file systems. Byte strings.
import { hgIsAtLeast } from '../../support/hgVersion.ts';
import type { Random } from '../../support/random.ts';

const ORDINARY = ['a', 'b', 'c', 'd.txt', 'e.c', 'f.h', 'Makefile', 'z.o', 'README', 'a.bak', 'ab'];

const SPECIAL = [
  // Blanks, and what means something in patterns.
  'x y', ' lead', 'trail ', 'trail.', '[x]', '{a,b}', 'q?q', 's*r', 'p|p', '(x', 'x)', 'a+b', '^a', 'e$', '#x', 'b\\s', '-rf', '~t',
  // Characters that the store must escape, and what it escapes with.
  'A1', 'UPPER_case', '__', '_', 'x:y', '"quoted"', '<a>', '~7e', '%41', '\x01x', '\x7f', 'tab\there',
  // Pairs that differ in case.
  'readme', 'MAKEFILE', 'A', 'B',
  // Names of devices elsewhere.
  'aux', 'con', 'prn', 'nul', 'com1', 'lpt9.txt', 'AUX', 'aux.', 'com1.x.y', 'auxx',
  // UTF-8, decomposed, beyond the first plane, and what is no UTF-8.
  '\xc3\xa9', 'e\xcc\x81', '\xf0\x9f\x90\x8d', '\xe9', '\xff\xfe', '\xc3', '\xed\xa0\x80', '\xe2\x80\xa8',
  // Names that Mercurial will not track.
  'new\nline', 'cr\rname', '\n',
  '.dot', '..x', '...', '.hgx', '.HG', '.hgtags',
]; // prettier-ignore

// A copy of a name that ends like this has a block of metadata that names no source. Older versions call it modified.
if (hgIsAtLeast(7, 2)) SPECIAL.push('\x01');

const SPECIAL_DIRECTORIES = [
  'a.i', 'a.d', 'a.hg', 'b.i/c.d', 'x y', 'aux', 'nul.d', 'UP/Down', 'up/Down', '.dotted', 'trail./x ', '\xc3\xa9.i', '\xe9', 'con.x/con',
  'data', 'dh', 'store', '.hgx', 'new\nline', '{a,b}', '[x]', '_/__',
]; // prettier-ignore

const DIRECTORIES = ['', '', '', 'dir', 'dir/sub', 'sub', 'deep/er/est', 'deep/er/est/yet', 'build', 'build/out', 'A'];

export function randomName(random: Random): string {
  if (random.chance(0.65)) return random.pick(ORDINARY);
  if (random.chance(0.9)) return random.pick(SPECIAL);
  const [letter, length] = [random.pick(['x', 'L', '_', '.', '\xe9']), random.pick([80, 112, 115, 119, 200, 255])];
  return letter === '.' ? `n${'.'.repeat(length - 1)}` : letter.repeat(length);
}

export function randomDirectory(random: Random): string {
  if (random.chance(0.8)) return random.pick(DIRECTORIES);
  if (random.chance(0.9)) return random.pick(SPECIAL_DIRECTORIES);
  const count = 1 + random.below(6);
  return Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i).repeat(random.pick([9, 40, 70]))).join(
    '/',
  );
}

export function randomPath(random: Random): string {
  const directory = randomDirectory(random);
  const name = randomName(random);
  return directory === '' ? name : `${directory}/${name}`;
}

export function randomContent(random: Random): string {
  const kind = random.below(20);
  if (kind === 0) return '';
  // What the store keeps beside the content begins so, too.
  if (kind === 1) return '\x01\nnot metadata\n\x01\nx';
  if (kind === 2) return '\x01\n';
  if (kind === 3)
    return Array.from({ length: random.below(60) }, () => String.fromCharCode(random.below(256))).join('');
  if (kind === 4) return 'many lines of it\n'.repeat(random.below(4000));
  if (kind === 5) return 'a';
  if (kind === 6) return 'a\r\nb\r\n';
  const lines = random.below(7);
  return Array.from({ length: lines }, (_, i) => `line ${i} ${random.below(3)}\n`).join('');
}
