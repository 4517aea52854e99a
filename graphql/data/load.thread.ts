import { parentPort, workerData } from 'node:worker_threads';
import { readTables } from './readTables.js';
import type { TableFiles } from './tables.js';

/** Reads one snapshot and hands its memory over. Errors reach the parent as the thread's `error` event. */
const tables = readTables(workerData as TableFiles);

const buffers = new Set<ArrayBuffer>();
const collect = (value: unknown): void => {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer) buffers.add(value.buffer);
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    Object.values(value).forEach(collect);
  }
};
collect(tables);
parentPort?.postMessage(tables, [...buffers]);
