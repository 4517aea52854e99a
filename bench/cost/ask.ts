import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Question } from '../graphql/questions.js';

/**
 * Microseconds that the threads of a process have been on a CPU, to the nanosecond.
 * https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
 */
function cpuOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return nanoseconds / 1000;
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Asks as a browser does, which takes answers compressed. @throws Error where the answer has errors. */
export async function asked(url: string, { query, variables }: Question): Promise<object> {
  const body = JSON.stringify({ query, variables });
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'gzip' };
  const answer = await new Promise<Buffer>((done, fail) => {
    const sent = request(`${url}/graphql`, { method: 'POST', headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => {
        const whole = Buffer.concat(parts);
        done(response.headers['content-encoding'] === 'gzip' ? gunzipSync(whole) : whole);
      });
      response.on('error', fail);
    });
    sent.on('error', fail);
    sent.end(body);
  });
  const { data, errors } = JSON.parse(answer.toString()) as { data: object; errors?: { message: string }[] };
  if (errors !== undefined) throw new Error(`${query.slice(0, 300)}: ${errors[0]?.message}`);
  return data;
}

/** Requests before those that count, and the fewest of each part. */
const WARM = 4;
const LEAST = 3;
/** Parts of which the middle one counts: now and then a process tidies its memory, or looks for a new snapshot. */
const PARTS = 7;

/**
 * Microseconds of CPU of each of many requests, drawn anew, one after another until `atLeast` microseconds are used;
 * `see` gets every answer of those that count.
 */
export async function cpuPerRequest(
  { url, pid }: { readonly url: string; readonly pid: number },
  draw: () => Question,
  atLeast: number,
  see: (question: Question, data: object) => void,
): Promise<number> {
  for (let i = 0; i < WARM; i++) await asked(url, draw());
  const parts: number[] = [];
  for (let part = 0; part < PARTS; part++) {
    const answers: [Question, object][] = [];
    const before = cpuOf(pid);
    let used = 0;
    while (answers.length < LEAST || used < atLeast / PARTS) {
      const question = draw();
      answers.push([question, await asked(url, question)]);
      used = cpuOf(pid) - before;
    }
    for (const [question, data] of answers) see(question, data);
    parts.push(used / answers.length);
  }
  return parts.sort((a, b) => a - b)[PARTS >> 1]!;
}
