import { parentPort, workerData } from 'node:worker_threads';
import { cleanPieces, type HelperSaid, type PiecesJob } from './filmPieces.js';

/** Helps to write a film table. Errors reach the parent as the thread's `error` event. */
const say = (said: HelperSaid): void => parentPort?.postMessage(said);
say({ end: await cleanPieces(workerData as PiecesJob, (rows) => say({ rows })) });
