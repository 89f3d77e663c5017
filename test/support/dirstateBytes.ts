// Small writers of dirstate files, independent of the readers that they test.

export const P1 = '11'.repeat(20);
export const P2 = '22'.repeat(20);
export const NULL = '00'.repeat(20);

export interface V1Entry {
  readonly state: string;
  readonly mode?: number;
  readonly size?: number;
  readonly mtime?: number;
  /** A byte string. */
  readonly path: string;
  readonly copy?: string;
}

export function encodeV1(entries: readonly V1Entry[], p1: string = P1, p2: string = NULL): Buffer {
  const parts = [Buffer.from(p1 + p2, 'hex')];
  for (const entry of entries) {
    const name = Buffer.from(entry.copy === undefined ? entry.path : `${entry.path}\0${entry.copy}`, 'latin1');
    const head = Buffer.alloc(17);
    head.write(entry.state, 0, 'latin1');
    head.writeInt32BE(entry.mode ?? 0o100644, 1);
    head.writeInt32BE(entry.size ?? 0, 5);
    head.writeInt32BE(entry.mtime ?? 0, 9);
    head.writeInt32BE(name.length, 13);
    parts.push(head, name);
  }
  return Buffer.concat(parts);
}

export interface V2Node {
  /** The full path, a byte string. Directories that are not listed are added. */
  readonly path: string;
  readonly flags?: number;
  readonly size?: number;
  readonly seconds?: number;
  readonly nanoseconds?: number;
  readonly copy?: string;
}

export interface V2Files {
  readonly docket: Buffer;
  readonly data: Buffer;
}

export interface V2Options {
  readonly p1?: string;
  readonly p2?: string;
  readonly id?: string;
  readonly ignoreHash?: Buffer;
  /** Bytes in front of everything else, so that nothing is at offset 0. */
  readonly prefix?: Buffer;
  /** Bytes behind the used part. */
  readonly suffix?: Buffer;
  /** Writes children in reverse order. */
  readonly unsorted?: boolean;
}

export const NODE = 44;

/** Children before their parents, each node's path where it comes first. */
export function encodeV2(nodes: readonly V2Node[], options: V2Options = {}): V2Files {
  const byPath = new Map<string, V2Node>();
  for (const node of nodes) {
    for (let slash = node.path.indexOf('/'); slash > 0; slash = node.path.indexOf('/', slash + 1)) {
      const directory = node.path.slice(0, slash);
      if (!byPath.has(directory)) byPath.set(directory, { path: directory });
    }
    byPath.set(node.path, node);
  }
  const parts: Buffer[] = [options.prefix ?? Buffer.alloc(0)];
  let length = parts[0]!.length;
  const append = (bytes: Buffer): number => {
    parts.push(bytes);
    length += bytes.length;
    return length - bytes.length;
  };
  const write = (parent: string): { offset: number; count: number } => {
    const children = [...byPath.values()].filter(
      node => node.path.slice(0, Math.max(0, node.path.lastIndexOf('/'))) === parent,
    );
    children.sort((a, b) => (a.path < b.path ? -1 : 1));
    if (options.unsorted === true) children.reverse();
    const records = children.map(node => {
      const own = write(node.path);
      const pathOffset = append(Buffer.from(node.path, 'latin1'));
      const copyOffset = node.copy === undefined ? 0 : append(Buffer.from(node.copy, 'latin1'));
      const record = Buffer.alloc(NODE);
      record.writeUInt32BE(pathOffset, 0);
      record.writeUInt16BE(node.path.length, 4);
      record.writeUInt16BE(node.path.lastIndexOf('/') + 1, 6);
      record.writeUInt32BE(copyOffset, 8);
      record.writeUInt16BE(node.copy?.length ?? 0, 12);
      record.writeUInt32BE(own.offset, 14);
      record.writeUInt32BE(own.count, 18);
      record.writeUInt16BE(node.flags ?? 0, 30);
      record.writeUInt32BE(node.size ?? 0, 32);
      record.writeUInt32BE(node.seconds ?? 0, 36);
      record.writeUInt32BE(node.nanoseconds ?? 0, 40);
      return record;
    });
    return { offset: append(Buffer.concat(records)), count: children.length };
  };
  const root = write('');
  const used = length;
  return {
    docket: encodeDocket({ ...options, rootOffset: root.offset, rootCount: root.count, used }),
    data: Buffer.concat([...parts, options.suffix ?? Buffer.alloc(0)]),
  };
}

export interface DocketFields {
  readonly p1?: string;
  readonly p2?: string;
  readonly id?: string;
  readonly ignoreHash?: Buffer;
  readonly rootOffset: number;
  readonly rootCount: number;
  readonly used: number;
}

export function encodeDocket(fields: DocketFields): Buffer {
  const docket = Buffer.alloc(125);
  docket.write('dirstate-v2\n', 0, 'latin1');
  docket.write(fields.p1 ?? P1, 12, 'hex');
  docket.write(fields.p2 ?? NULL, 44, 'hex');
  docket.writeUInt32BE(fields.rootOffset, 76);
  docket.writeUInt32BE(fields.rootCount, 80);
  fields.ignoreHash?.copy(docket, 100);
  docket.writeUInt32BE(fields.used, 120);
  const id = Buffer.from(fields.id ?? '0123abcd', 'latin1');
  docket.writeUInt8(id.length, 124);
  return Buffer.concat([docket, id]);
}
