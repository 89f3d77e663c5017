// A frame around what a template of hg writes. The output of hooks and extensions has none, so it is never taken for
// part of an answer. Hooks know the command line and may write it. So a template contains the frame in two halves, and
// only hg joins them.
import { randomUUID } from 'node:crypto';
import { QuicksilverError } from '../base/errors.ts';

/** One for the whole process, so that equal questions stay equal. */
const HALVES = [randomUUID(), randomUUID()] as const;
const FRAME = HALVES.join('');
/** An empty string of hg's template language is between the halves. */
const IN_TEMPLATE = HALVES.join('{""}');

/** Returns a template that writes one line for each row. @param fields keywords, as arguments of `dict` */
export function rowTemplate(fields: string): string {
  return `${IN_TEMPLATE}{dict(${fields})|json}\\n`;
}

/** Returns the rows of an output, as JSON. Other lines, and other text before a row, are left out. */
export function rowsOf(output: string): string[] {
  return output.split('\n').flatMap(line => {
    const at = line.indexOf(FRAME);
    return at < 0 ? [] : [line.slice(at + FRAME.length)];
  });
}

/** Returns a template with a frame at both ends. */
export function framedTemplate(template: string): string {
  return `${IN_TEMPLATE}${template}${IN_TEMPLATE}`;
}

/** Returns the bytes between the frames. Throws a 'corrupt' error if there are none. */
export function framedBytes(output: Buffer): Buffer {
  const start = output.indexOf(FRAME) + FRAME.length;
  const end = output.lastIndexOf(FRAME);
  if (end < start) throw new QuicksilverError('corrupt', 'hg wrote no answer');
  return output.subarray(start, end);
}

/** Returns the text between the frames. Throws a 'corrupt' error if there are none. */
export function framedText(output: string): string {
  const start = output.indexOf(FRAME) + FRAME.length;
  const end = output.lastIndexOf(FRAME);
  if (end < start) throw new QuicksilverError('corrupt', 'hg wrote no answer');
  return output.slice(start, end);
}
