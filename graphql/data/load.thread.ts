import { parentPort, workerData } from 'node:worker_threads';
import { buffersOf } from '../../dataset/serving/buffers.js';
import { prepareTables, readOthers } from '../../dataset/serving/readTables.js';
import type { TableFiles } from '../../dataset/serving/tables.js';
import { readModels } from './modelTables.js';

/** Reads files of a snapshot and hands their memory over. Errors reach the parent as the thread's `error` event. */
export interface Reading {
  /** Null: the prepared tables are read elsewhere. */
  readonly tables: TableFiles | null;
  readonly others: TableFiles;
}

const { tables, others } = workerData as Reading;
const made = {
  ...(tables === null ? {} : prepareTables(tables)),
  ...readOthers(others),
  ...readModels(others),
};
parentPort?.postMessage(made, [...buffersOf(made)]);
