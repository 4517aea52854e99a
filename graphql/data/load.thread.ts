import { parentPort, workerData } from 'node:worker_threads';
import { prepareTables, readOthers } from '../../dataset/serving/readTables.js';
import type { TableFiles } from '../../dataset/serving/tables.js';

/** Reads files of a snapshot and hands their memory over. Errors reach the parent as the thread's `error` event. */
export interface Reading {
  /** Null: the prepared tables are read elsewhere. */
  readonly tables: TableFiles | null;
  readonly others: TableFiles;
}

const { tables, others } = workerData as Reading;
const made = { ...(tables === null ? {} : prepareTables(tables)), ...readOthers(others) };

const buffers = new Set<ArrayBuffer>();
const collect = (value: unknown): void => {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    Object.values(value).forEach(collect);
  }
};
collect(made);
parentPort?.postMessage(made, [...buffers]);
