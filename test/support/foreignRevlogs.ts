// Revlogs as other clients may have written them: the same revisions, stored in every way that the format allows.
import * as fs from 'node:fs';
import { deflateSync } from 'node:zlib';
import { emptyCounters } from '../../src/mercurial/store/counters.ts';
import { Revlog } from '../../src/mercurial/store/revlog.ts';
import { Vfs } from '../../src/files/vfs.ts';
import { delta, literal, makeRevlog, type Revision } from '../unit/mercurial/store/revlogWriter.ts';
import type { Random } from './random.ts';
import { zstdFrame } from './zstdFrames.ts';

/** Stores the revisions of a revlog in other ways. Returns in how many it is a delta against the null revision. */
export function rewriteRevlog(indexFile: string, random: Random): number {
  const dataFile = indexFile.replace(/\.i$/, '.d');
  const log = new Revlog({
    vfs: new Vfs(),
    file: ending => indexFile.replace(/\.i$/, ending),
    counters: emptyCounters(),
  });
  const isGeneralDelta = random.chance(0.7);
  // A data file of a tracked file would have to be listed in fncache.
  const isInline = indexFile.includes('/data/') || random.chance(0.5);
  const texts: Buffer[] = [];
  const revisions: Revision[] = [];
  let chainStart = 0;
  let againstNull = 0;
  for (let revision = 0; revision < log.length; revision++) {
    const { p1, p2, link, flags, node } = log.entry(revision);
    const text = Buffer.from(log.text(revision));
    texts.push(text);
    const shared = { text, p1, p2, link, flags, node };
    const form = random.below(3);
    if (form === 0 || (!isGeneralDelta && revision === 0 && form === 1)) {
      chainStart = revision;
      revisions.push({ ...shared, chunk: stored(text, random) });
    } else if (form === 1 || revision === 0) {
      // Without general delta the chunk would be one against the revision before.
      const isAgainstNull = isGeneralDelta || revision === 0;
      if (isAgainstNull) againstNull++;
      const before = isAgainstNull ? Buffer.alloc(0) : texts[revision - 1]!;
      const base = isAgainstNull ? -1 : chainStart;
      revisions.push({ ...shared, base, chunk: stored(hunks(before, text, random), random) });
    } else {
      const base = isGeneralDelta ? random.below(revision) : revision - 1;
      const chunk = stored(hunks(texts[base]!, text, random), random);
      revisions.push({ ...shared, base: isGeneralDelta ? base : chainStart, chunk });
    }
  }
  const header = 1 | (isInline ? 0x1_0000 : 0) | (isGeneralDelta ? 0x2_0000 : 0);
  const files = makeRevlog(revisions, header);
  fs.writeFileSync(indexFile, files.index);
  if (isInline) fs.rmSync(dataFile, { force: true });
  else fs.writeFileSync(dataFile, files.data);
  return againstNull;
}

/** A chunk in one of the forms that readers of version 1 know. */
function stored(bytes: Buffer, random: Random): Buffer {
  if (bytes.length === 0) return bytes;
  const forms = [
    () => literal(bytes),
    () => Buffer.concat([Buffer.from('u'), bytes]),
    () => deflateSync(bytes, { level: random.below(10) }),
    () => zstdFrame(bytes),
  ];
  return random.pick(forms)();
}

/** A delta of whole lines, as manifests need it: either all lines, or the changed ones in two hunks. */
function hunks(before: Buffer, after: Buffer, random: Random): Buffer {
  if (before.equals(after) && random.chance(0.5)) return Buffer.alloc(0);
  if (random.chance(0.3)) return delta([0, before.length, after]);
  const old = linesOf(before);
  const lines = linesOf(after);
  let same = 0;
  while (same < old.length && same < lines.length && old[same] === lines[same]) same++;
  const kept = Buffer.byteLength(old.slice(0, same).join(''), 'latin1');
  const changed = lines.slice(same);
  const cut = random.below(changed.length + 1);
  const bytes = (part: readonly string[]): Buffer => Buffer.from(part.join(''), 'latin1');
  return delta(
    ...(same > 0 ? ([[0, old[0]!.length, bytes(old.slice(0, 1))]] as const) : []),
    [kept, kept, bytes(changed.slice(0, cut))],
    [kept, before.length, bytes(changed.slice(cut))],
  );
}

function linesOf(text: Buffer): string[] {
  return text.toString('latin1').match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
