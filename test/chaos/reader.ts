import { setTimeout as sleep } from 'node:timers/promises';

/** What a reader saw of an API that is killed and started again under it. */
export interface Seen {
  readonly answers: number;
  /** Ids of snapshots in the order in which they appeared. */
  readonly snapshots: readonly string[];
  /** What must never be: an answer that is not of one whole snapshot. */
  readonly broken: readonly string[];
}

interface Answer {
  readonly data?: {
    readonly snapshot: { readonly id: string; readonly sha256: string; readonly movieCount: number } | null;
    readonly genres: readonly { readonly name: string; readonly movieCount: number }[] | null;
  };
  readonly errors?: readonly { readonly message: string }[];
}

const QUERY = '{ snapshot { id sha256 movieCount } genres { name movieCount } }';

/** Asks without end until it is stopped; that nobody answers for a while is no failure, a wrong answer is. */
export function startReader(url: string): { has(snapshot: string): boolean; stop(): Promise<Seen> } {
  let stopped = false;
  let answers = 0;
  const snapshots: string[] = [];
  const broken: string[] = [];
  const content = new Map<string, string>();

  const look = async (): Promise<void> => {
    let body: Answer;
    try {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: QUERY }),
        signal: AbortSignal.timeout(10_000),
      });
      body = (await response.json()) as Answer;
    } catch {
      return; // Killed before or while it answered.
    }
    answers++;
    const { snapshot, genres } = body.data ?? {};
    if (body.errors !== undefined || snapshot == null || genres == null) {
      broken.push(JSON.stringify(body).slice(0, 300));
      return;
    }
    const said = JSON.stringify([snapshot.sha256, snapshot.movieCount, genres]);
    const before = content.get(snapshot.id);
    if (before === undefined) {
      content.set(snapshot.id, said);
      snapshots.push(snapshot.id);
    } else if (before !== said)
      broken.push(`${snapshot.id} was ${before.slice(0, 120)}, then ${said.slice(0, 120)}`);
    if (snapshots.at(-1) !== snapshot.id) broken.push(`${snapshot.id} came back after ${snapshots.at(-1)}`);
  };

  const reading = (async () => {
    while (!stopped) {
      await look();
      await sleep(40);
    }
  })();
  return {
    has: (snapshot) => snapshots.includes(snapshot),
    async stop() {
      stopped = true;
      await reading;
      return { answers, snapshots, broken };
    },
  };
}
