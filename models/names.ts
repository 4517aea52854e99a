/** Distinct names in flat arrays: half a million of them cross from one thread to another without a copy. */
export interface NameTable {
  /** UTF-8, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Name i is the bytes from `offsets[i]` to before `offsets[i + 1]`. */
  readonly offsets: Int32Array<ArrayBuffer>;
  /** Open addressing with linear probing (Knuth 6.4 L): a name's number at its hash or at the next free slot; -1 is free. */
  readonly slots: Int32Array<ArrayBuffer>;
}

/** Finds the number of a name among many. Names are told apart by their UTF-8. */
export class Names {
  readonly table: NameTable;

  constructor(table: NameTable) {
    this.table = table;
  }

  /** Numbered in the order given; each is there once. */
  static of(names: readonly string[]): Names {
    const offsets = new Int32Array(names.length + 1);
    names.forEach((name, i) => (offsets[i + 1] = offsets[i]! + Buffer.byteLength(name)));
    const bytes = new Uint8Array(offsets[names.length]!);
    const into = Buffer.from(bytes.buffer);
    names.forEach((name, i) => into.write(name, offsets[i]!));
    return new Names(nameTable(bytes, offsets));
  }

  get size(): number {
    return this.table.offsets.length - 1;
  }

  /** -1 where it is none of them. */
  numberOf(name: string): number {
    const { bytes, offsets, slots } = this.table;
    const length = encode(name);
    const mask = slots.length - 1;
    for (let slot = hashOf(asked, 0, length) & mask; ; slot = (slot + 1) & mask) {
      const number = slots[slot]!;
      if (number < 0) return -1;
      const from = offsets[number]!;
      if (offsets[number + 1]! - from !== length) continue;
      let same = 0;
      while (same < length && bytes[from + same] === asked[same]) same++;
      if (same === length) return number;
    }
  }
}

/** Half of the slots, or more, stay free, so that a look-up ends soon. */
export function nameTable(bytes: NameTable['bytes'], offsets: NameTable['offsets']): NameTable {
  const count = offsets.length - 1;
  const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * count + 1))).fill(-1);
  const mask = slots.length - 1;
  for (let number = 0; number < count; number++) {
    let slot = hashOf(bytes, offsets[number]!, offsets[number + 1]!) & mask;
    while (slots[slot]! >= 0) slot = (slot + 1) & mask;
    slots[slot] = number;
  }
  return { bytes, offsets, slots };
}

/** FNV-1a (Fowler, Noll, Vo), its high bits mixed into the low ones, which alone choose the slot. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash ^ (hash >>> 15);
}

/** The name that is asked for, in UTF-8: one room for all questions, which never overlap. */
let asked = Buffer.alloc(1024);

/** Number of its bytes. Most names are ASCII, for which a call into Node's encoder would take longer than the look-up. */
function encode(name: string): number {
  if (3 * name.length > asked.length) asked = Buffer.alloc(6 * name.length);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 127) return asked.write(name);
    asked[i] = code;
  }
  return name.length;
}
