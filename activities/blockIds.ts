import { blockKey } from '../dataset/blocks.js';
import { readParquet } from '../dataset/tables.js';
import type { TaskInput } from '../workflows/records.js';
import { codeHash } from './code.js';
import { inputArtefacts } from './runner.js';
import type { WorkerContext } from './worker.js';

/** The ids of a block and the state of the catalogue that they are asked of. */
export interface BlockIds {
  readonly ids: readonly number[];
  readonly key: string;
}

/** Rows [from, to) of the run's id file, and the key under which their block is kept. */
export async function blockIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
  from: number,
  to: number,
): Promise<BlockIds> {
  const { catalogue, state, all } = await listedIds(worker, inputs);
  const ids = Array.from(all.subarray(from, to));
  return { ids, key: blockKey(catalogue, `${state} ${await codeHash('block')}`, ids) };
}

interface ListedIds {
  readonly catalogue: string;
  readonly state: string;
  readonly all: Int32Array;
}

/** The list that was read last: every block of a fetch takes its part of the same one, which never changes. */
const lists = new WeakMap<
  WorkerContext['store'],
  { readonly key: string; readonly list: Promise<ListedIds> }
>();

async function listedIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<ListedIds> {
  const key = JSON.stringify(inputs[0]);
  const known = lists.get(worker.store);
  if (known?.key === key) return await known.list;
  const list = readIds(worker, inputs);
  lists.set(worker.store, { key, list });
  try {
    return await list;
  } catch (error) {
    lists.delete(worker.store);
    throw error;
  }
}

async function readIds(
  worker: Pick<WorkerContext, 'store'>,
  inputs: TaskInput['inputs'],
): Promise<ListedIds> {
  const [listed] = await inputArtefacts(worker, inputs.slice(0, 1));
  const path = listed?.tables[0]?.path;
  if (listed === undefined || path === undefined)
    throw new Error('The id file is not among the inputs of the fetch.');
  const frame = await readParquet(await worker.store.bring(path), ['id']);
  const { catalogue, state } = listed.facts;
  return {
    catalogue: String(catalogue),
    state: String(state),
    all: new Int32Array(frame.getColumn('id').rechunk().toTypedArray() as Int32Array),
  };
}
