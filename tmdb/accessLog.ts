import { mkdir, open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

export interface AccessLog {
  write(line: string): void;
  close(): Promise<void>;
}

const FLUSH_MS = 200;

/** Lines reach the file within 200 ms, and all of them before `close` resolves. */
export async function openAccessLog(path: string, log: (line: string) => void): Promise<AccessLog> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  const file = await open(path, 'a');
  let buffered = '';
  let writing: Promise<unknown> = Promise.resolve();
  const flush = (): Promise<unknown> => {
    if (buffered === '') return writing;
    const text = buffered;
    buffered = '';
    return (writing = writing
      .then(() => file.appendFile(text))
      .catch((error: Error) => log(`The access log ${path} could not be written: ${error.message}.`)));
  };
  const timer = setInterval(() => void flush(), FLUSH_MS).unref();
  return {
    write: (line) => void (buffered += line),
    async close() {
      clearInterval(timer);
      await flush();
      await file.close();
    },
  };
}
