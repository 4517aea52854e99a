import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf } from '../../dataset/serving/buffers.js';
import { readOthers } from '../../dataset/serving/others.js';
import { prepareTables } from '../../dataset/serving/prepareTables.js';
import type { TableFiles } from '../../dataset/serving/tables.js';
import { giveWay } from './giveWay.js';
import { readModels } from './modelTables.js';

/** Reads files of a snapshot and hands their memory over. Errors reach the parent as the thread's `error` event. */
export interface Reading {
  /** Null: the prepared tables are read elsewhere. */
  readonly tables: TableFiles | null;
  readonly others: TableFiles;
  /** Whether somebody is being answered meanwhile, who comes first. */
  readonly background: boolean;
}

const { tables, others, background } = workerData as Reading;
if (background) giveWay();
const made = {
  ...(tables === null ? {} : prepareTables(tables)),
  ...readOthers(others),
  ...readModels(others),
};
parentPort?.postMessage(made, [...buffersOf(made)]);
