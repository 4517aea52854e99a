import { pino, type Logger } from 'pino';
import type { Settings } from './config.js';

/** The one logger: JSON lines on stdout, which `start` sends to the log files of the data folder. */
export function createLogger(name: string, { logLevel }: Pick<Settings, 'logLevel'>): Logger {
  return pino({
    name,
    level: logLevel,
    // Addresses of the outside carry keys in their query; nothing of ours needs one in a log.
    redact: [
      'headers.authorization',
      'req.headers.authorization',
      '*.accessToken',
      '*.apiKey',
      '*.adminToken',
    ],
  });
}
