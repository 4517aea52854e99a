import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Joins Parquet files of one schema into one by copying their row groups as they are and writing a footer that names
 * them all: nothing is decoded, and memory holds one file and the footers. Each is copied while the next is being made.
 * The bytes depend on the files alone. For worker threads: files are read synchronously, as they were just written.
 * Layout: https://parquet.apache.org/docs/file-format/
 */
export async function joinParquet(
  from: Iterable<string> | AsyncIterable<string>,
  to: string,
): Promise<number> {
  // The first file is being made meanwhile, too.
  const opening = open(to, 'w');
  let writing: Promise<unknown> = Promise.resolve();
  const append = (bytes: Uint8Array): void => {
    // All of it: a disk that is nearly full takes a part without a word. It is awaited before the next file.
    writing = writing.then(async () => await (await opening).appendFile(bytes));
    writing.catch(() => undefined);
  };
  try {
    append(MAGIC);
    let at = MAGIC.length;
    let first = '';
    let rows = 0n;
    let footer: Struct | null = null;
    let schema = '';
    const groups: Value[] = [];
    for await (const path of from) {
      const bytes = readFileSync(path);
      const own = readFooter(bytes, path);
      const ownSchema = JSON.stringify(field(own.struct, SCHEMA), (_, value: unknown) =>
        typeof value === 'bigint' ? String(value) : value,
      );
      if (footer !== null && ownSchema !== schema)
        throw new Error(`${path} has other columns than ${first}: they cannot be one Parquet file.`);
      if (footer === null) [footer, first] = [own.struct, path];
      schema = ownSchema;
      const shift = BigInt(at - MAGIC.length);
      for (const group of list(field(own.struct, ROW_GROUPS))) {
        shiftGroup(group as Struct, shift);
        setInteger(group as Struct, GROUP_ORDINAL, BigInt(groups.length));
        groups.push(group);
      }
      rows += field(own.struct, NUM_ROWS) as bigint;
      await writing;
      append(bytes.subarray(MAGIC.length, own.start));
      at += own.start - MAGIC.length;
    }
    if (footer === null) throw new Error('No Parquet file was given to be joined.');
    setInteger(footer, NUM_ROWS, rows);
    const place = footer.fields.find(({ id }) => id === ROW_GROUPS)!;
    place.value = { element: STRUCT, values: groups };
    const bytes = encode(footer);
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(bytes.length);
    MAGIC.copy(tail, 4);
    append(bytes);
    append(tail);
    await writing;
    return Number(rows);
  } finally {
    await writing.catch(() => undefined);
    await (await opening).close();
  }
}

const MAGIC = Buffer.from('PAR1');

// Field numbers of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
const SCHEMA = 2;
const NUM_ROWS = 3;
const ROW_GROUPS = 4;
const GROUP_COLUMNS = 1;
const GROUP_OFFSET = 5;
const GROUP_ORDINAL = 7;
const CHUNK_OFFSET = 2;
const CHUNK_META = 3;
/** Of the offset index and the column index. */
const CHUNK_INDEXES = [4, 6];
/** Of the first data page, the index page, the dictionary page and the Bloom filter. */
const META_OFFSETS = [9, 10, 11, 14];

function shiftGroup(group: Struct, by: bigint): void {
  shift(group, GROUP_OFFSET, by);
  for (const column of list(field(group, GROUP_COLUMNS))) {
    shift(column as Struct, CHUNK_OFFSET, by);
    for (const id of CHUNK_INDEXES) shift(column as Struct, id, by);
    const meta = field(column as Struct, CHUNK_META) as Struct | undefined;
    if (meta !== undefined) for (const id of META_OFFSETS) shift(meta, id, by);
  }
}

/** An offset of 0 stands for none: no page begins at the magic number. */
function shift(of: Struct, id: number, by: bigint): void {
  const value = field(of, id);
  if (typeof value === 'bigint' && value > 0n) setInteger(of, id, value + by);
}

function readFooter(file: Buffer, path: string): { readonly struct: Struct; readonly start: number } {
  if (file.length < 12 || !file.subarray(-4).equals(MAGIC))
    throw new Error(`${path} is no whole Parquet file.`);
  const end = file.length - 8;
  const start = end - file.readUInt32LE(end);
  // A copy: what is kept of the footer would keep the whole file in memory.
  return { struct: decode(Buffer.from(file.subarray(start, end))), start };
}

/**
 * Thrift's compact protocol, as much as Parquet's footers have of it, without their meaning: what is read is written
 * again as it was. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
type Value = bigint | boolean | Buffer | List | Struct;

interface List {
  readonly element: number;
  readonly values: readonly Value[];
}

interface Struct {
  readonly fields: { readonly id: number; readonly type: number; value: Value }[];
}

const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

function field(of: Struct, wanted: number): Value | undefined {
  return of.fields.find(({ id }) => id === wanted)?.value;
}

function setInteger(of: Struct, wanted: number, value: bigint): void {
  const found = of.fields.find(({ id }) => id === wanted);
  if (found !== undefined) found.value = value;
}

function list(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : (value as List).values;
}

function decode(bytes: Buffer): Struct {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const zigzag = (): bigint => {
    const value = varint();
    return (value >> 1n) ^ -(value & 1n);
  };
  const raw = (length: number): Buffer => bytes.subarray(at, (at += length));
  const value = (type: number): Value => {
    if (type === BYTE) return BigInt(bytes.readInt8(at++));
    if (type === DOUBLE) return raw(8);
    if (type === BINARY) return raw(Number(varint()));
    if (type === LIST) {
      const head = bytes[at++]!;
      const size = head >> 4 === 15 ? Number(varint()) : head >> 4;
      const element = head & 15;
      const one = (): Value =>
        element === TRUE || element === FALSE ? bytes[at++] === TRUE : value(element);
      return { element, values: Array.from({ length: size }, one) };
    }
    if (type === STRUCT) return struct();
    if (type > BYTE && type < DOUBLE) return zigzag();
    throw new Error(`A Parquet footer has a Thrift type ${type}, which such footers do not have.`);
  };
  const struct = (): Struct => {
    const fields: Struct['fields'] = [];
    for (let id = 0; ;) {
      const head = bytes[at++]!;
      if (head === 0) return { fields };
      const type = head & 15;
      id = head >> 4 === 0 ? Number(zigzag()) : id + (head >> 4);
      fields.push({ id, type, value: type === TRUE || type === FALSE ? type === TRUE : value(type) });
    }
  };
  return struct();
}

function encode(root: Struct): Buffer {
  const parts: Buffer[] = [];
  const byte = (value: number): void => void parts.push(Buffer.from([value]));
  const varint = (value: bigint): void => {
    const bytes: number[] = [];
    for (; value >= 0x80n; value >>= 7n) bytes.push(Number(value & 0x7fn) | 0x80);
    bytes.push(Number(value));
    parts.push(Buffer.from(bytes));
  };
  const zigzag = (value: bigint): void => varint(value < 0n ? (-value << 1n) - 1n : value << 1n);
  const write = (type: number, value: Value): void => {
    if (type === TRUE || type === FALSE) return byte(value === true ? TRUE : FALSE);
    if (type === BYTE) return byte(Number(value as bigint) & 0xff);
    if (type === DOUBLE) return void parts.push(value as Buffer);
    if (type === STRUCT) return struct(value as Struct);
    if (type === BINARY) {
      varint(BigInt((value as Buffer).length));
      return void parts.push(value as Buffer);
    }
    if (type !== LIST) return zigzag(value as bigint);
    const { element, values } = value as List;
    byte((Math.min(15, values.length) << 4) | element);
    if (values.length >= 15) varint(BigInt(values.length));
    for (const one of values) write(element, one);
  };
  const struct = ({ fields }: Struct): void => {
    let last = 0;
    for (const { id, type, value } of fields) {
      const kind = type === TRUE || type === FALSE ? (value === true ? TRUE : FALSE) : type;
      if (id > last && id - last <= 15) byte(((id - last) << 4) | kind);
      else {
        byte(kind);
        zigzag(BigInt(id));
      }
      last = id;
      if (kind !== TRUE && kind !== FALSE) write(type, value);
    }
    byte(0);
  };
  struct(root);
  return Buffer.concat(parts);
}
