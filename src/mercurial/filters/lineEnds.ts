// The filters on working files that Mercurial has built in: they convert line ends. Each takes time in proportion to
// the file. Verified with hg 6.3.2.

/** Converts the bytes of a working file to those that the history has. */
export type Filter = (data: Buffer) => Buffer;

export interface EolSettings {
  /** True: a file with both kinds of line ends stays as it is. */
  readonly onlyConsistent: boolean;
  /** True: a file that does not end with a line end gets one. */
  readonly fixTrailingNewline: boolean;
}

const CR = 0x0d;
const LF = 0x0a;

/** The extension eol: converts all line ends of a text to `end`. */
export function toLineEnd(end: '\n' | '\r\n', settings: EolSettings): Filter {
  return data => {
    if (isBinary(data) || (settings.onlyConsistent && isMixed(data))) return data;
    const lacksEnd = settings.fixTrailingNewline && data.length > 0 && data[data.length - 1] !== LF;
    return converted(lacksEnd ? Buffer.concat([data, Buffer.from('\n')]) : data, end);
  };
}

export const unchanged: Filter = data => data;

/** The filters of the extension win32text, by the words in the configuration. */
export const WIN32TEXT: Readonly<Record<string, Filter>> = {
  'dumbdecode:': loneLfToCrlf,
  'dumbencode:': crlfToLf,
  'cleverdecode:': unlessBinary(loneLfToCrlf),
  'cleverencode:': unlessBinary(crlfToLf),
  'macdumbdecode:': lfToCr,
  'macdumbencode:': crToLf,
  'macdecode:': unlessBinary(lfToCr),
  'macencode:': unlessBinary(crToLf),
};

function isBinary(data: Buffer): boolean {
  return data.includes(0);
}

function unlessBinary(filter: Filter): Filter {
  return data => (isBinary(data) ? data : filter(data));
}

/** True if there are line ends with and without a carriage return. */
function isMixed(data: Buffer): boolean {
  let withReturn = false;
  let without = false;
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, at + 1)) {
    if (data[at - 1] === CR) withReturn = true;
    else without = true;
    if (withReturn && without) return true;
  }
  return false;
}

/** Replaces each line feed, with all carriage returns before it. */
function converted(data: Buffer, end: '\n' | '\r\n'): Buffer {
  const pieces: Buffer[] = [];
  const ending = Buffer.from(end);
  let from = 0;
  for (let at = data.indexOf(LF); at >= 0; at = data.indexOf(LF, from)) {
    let to = at;
    while (to > from && data[to - 1] === CR) to--;
    pieces.push(data.subarray(from, to), ending);
    from = at + 1;
  }
  pieces.push(data.subarray(from));
  return Buffer.concat(pieces);
}

function crlfToLf(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function loneLfToCrlf(data: Buffer): Buffer {
  return Buffer.from(data.toString('latin1').replace(/(?<!\r)\n/g, '\r\n'), 'latin1');
}

function lfToCr(data: Buffer): Buffer {
  return replaced(data, LF, CR);
}

function crToLf(data: Buffer): Buffer {
  return replaced(data, CR, LF);
}

function replaced(data: Buffer, from: number, to: number): Buffer {
  return Buffer.from(data.map(byte => (byte === from ? to : byte)));
}
