import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { Agent, request } from 'undici';
import { StorageUnavailable } from './errors.js';

/** The few S3 requests that a store needs. https://docs.aws.amazon.com/AmazonS3/latest/API/ */

export interface S3Settings {
  /** E.g. `http://127.0.0.1:7070`; undefined: Amazon's own in the region. */
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** Keys are whole; every call throws `StorageUnavailable` when the server refuses or stays away. */
export interface S3Client {
  /** Null when there is no such object. */
  get(key: string): Promise<Buffer | null>;
  /** Size in bytes, null when there is no such object. */
  head(key: string): Promise<number | null>;
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** At most 5 GB: one request, so that it is there whole or not at all. */
  putFile(key: string, file: string, sha256: string): Promise<void>;
  /** False when there is an object of that key already. */
  create(key: string, bytes: Uint8Array): Promise<boolean>;
  /** False when there is no `from`. */
  copy(from: string, to: string): Promise<boolean>;
  list(prefix: string): Promise<S3Object[]>;
  remove(key: string): Promise<void>;
}

/** Attempts at a request that may succeed later; with the waits between them about 6 s. */
const ATTEMPTS = 6;
const FIRST_WAIT = 200;
/** Milliseconds without a byte. */
const SILENCE = 30_000;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** S3's own word for an error, e.g. `NoSuchKey`. */
  readonly code: string | null;
  readonly attempt: number;
}

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly file?: string;
  readonly sha256?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** `location` is what messages call it. */
export function s3Client(location: string, bucket: string, settings: S3Settings): S3Client {
  const agent = new Agent({ connections: 64, headersTimeout: SILENCE, bodyTimeout: SILENCE });
  const base =
    settings.endpoint === undefined
      ? `https://${bucket}.s3.${settings.region}.amazonaws.com`
      : `${settings.endpoint.replace(/\/+$/, '')}/${bucket}`;

  const send = async (method: string, key: string, asked: Asked, attempt: number): Promise<Answer> => {
    const query = asked.query === undefined ? '' : `?${new URLSearchParams(asked.query)}`;
    const sha256 = asked.sha256 ?? sha256Of(asked.body ?? new Uint8Array());
    const signed = await new AwsV4Signer({
      accessKeyId: settings.accessKeyId,
      secretAccessKey: settings.secretAccessKey,
      ...(settings.sessionToken === undefined ? {} : { sessionToken: settings.sessionToken }),
      region: settings.region,
      service: 's3',
      method,
      url: `${base}/${encoded(key)}${query}`,
      headers: { ...asked.headers, 'x-amz-content-sha256': sha256 },
    }).sign();
    const headers: Record<string, string> = Object.fromEntries(signed.headers);
    if (asked.file !== undefined) headers['content-length'] = String((await stat(asked.file)).size);
    const response = await request(signed.url, {
      method: method as 'GET',
      headers,
      body: asked.file === undefined ? (asked.body ?? null) : createReadStream(asked.file),
      dispatcher: agent,
    });
    const body = Buffer.from(await response.body.arrayBuffer());
    const code = response.statusCode < 300 ? null : tag(body.toString('utf8'), 'Code');
    return { status: response.statusCode, body, headers: response.headers, code, attempt };
  };

  /** Answers below 300 and those of `expected`; everything else is tried again or refused. */
  const ask = async (
    what: string,
    method: string,
    key: string,
    asked: Asked,
    expected: readonly number[],
  ): Promise<Answer> => {
    let last = '';
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (attempt > 0) await sleep(FIRST_WAIT * 2 ** (attempt - 1));
      let answer: Answer;
      try {
        answer = await send(method, key, asked, attempt);
      } catch (error) {
        // What carries no code is no failure of the network.
        if ((error as { code?: string }).code === undefined) throw error;
        last = said(error);
        continue;
      }
      const { status, code } = answer;
      if (code === 'NoSuchBucket')
        throw new StorageUnavailable(
          'blocked',
          `There is no bucket ${bucket}, which the data location ${location} names (${what}). Make it, or choose another location with --data.`,
        );
      if (status < 300 || expected.includes(status)) return answer;
      last = `HTTP ${status}${code === null ? '' : ` ${code}`}`;
      if (status === 401 || status === 403)
        throw new StorageUnavailable(
          'readOnly',
          `The data location ${location} refuses (${what}: ${last}). Look at AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what this key may do with the bucket.`,
        );
      if (status === 507 || code === 'QuotaExceeded')
        throw new StorageUnavailable(
          'full',
          `The data location ${location} is full (${what}: ${last}). Free some space there; nothing written so far is lost.`,
        );
      if (status < 500 && status !== 408 && status !== 409 && status !== 429) break;
    }
    throw new StorageUnavailable(
      'refused',
      `The data location ${location} does not answer as it should (${what}: ${last}). Look whether it is up, and at AWS_ENDPOINT_URL and AWS_REGION.`,
    );
  };

  return {
    async get(key) {
      const { status, body } = await ask(`reading ${key}`, 'GET', key, {}, [404]);
      return status === 404 ? null : body;
    },
    async head(key) {
      const { status, headers } = await ask(`looking at ${key}`, 'HEAD', key, {}, [404]);
      return status === 404 ? null : Number(headers['content-length']);
    },
    async put(key, bytes) {
      await ask(`writing ${key}`, 'PUT', key, { body: bytes }, []);
    },
    async putFile(key, file, sha256) {
      await ask(`writing ${key}`, 'PUT', key, { file, sha256 }, []);
    },
    async create(key, bytes) {
      const headers = { 'if-none-match': '*' };
      const { status, attempt } = await ask(`creating ${key}`, 'PUT', key, { body: bytes, headers }, [412]);
      if (status !== 412) return true;
      if (attempt === 0) return false;
      // An attempt whose answer was lost may have been ours.
      const there = await this.get(key);
      return there?.equals(bytes) ?? false;
    },
    async copy(from, to) {
      const headers = { 'x-amz-copy-source': `/${bucket}/${encoded(from)}` };
      return (await ask(`copying ${from}`, 'PUT', to, { headers }, [404])).status !== 404;
    },
    async list(prefix) {
      const found: S3Object[] = [];
      for (let token: string | null = null; ;) {
        const query: Record<string, string> = {
          'list-type': '2',
          'encoding-type': 'url',
          prefix,
          ...(token === null ? {} : { 'continuation-token': token }),
        };
        const text: string = (await ask(`listing ${prefix}`, 'GET', '', { query }, [])).body.toString('utf8');
        const decode = tag(text, 'EncodingType') === 'url' ? unquoted : (key: string): string => key;
        for (const [, one = ''] of text.matchAll(/<Contents>(.*?)<\/Contents>/gs))
          found.push({
            key: decode(tag(one, 'Key') ?? ''),
            bytes: Number(tag(one, 'Size')),
            modifiedAt: Date.parse(tag(one, 'LastModified') ?? ''),
          });
        token = tag(text, 'IsTruncated') === 'true' ? tag(text, 'NextContinuationToken') : null;
        if (token === null) return found;
      }
    },
    async remove(key) {
      await ask(`removing ${key}`, 'DELETE', key, {}, [404]);
    },
  };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As signatures need it: RFC 3986, slashes kept. */
function encoded(key: string): string {
  return key
    .split('/')
    .map((part) =>
      encodeURIComponent(part).replace(
        /[!'()*]/g,
        (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
      ),
    )
    .join('/');
}

function unquoted(key: string): string {
  return decodeURIComponent(key.replaceAll('+', '%20'));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The text of the first element of a name; S3's answers are flat enough. */
function tag(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return (
    text?.replace(/&(?:#(\d+)|(\w+));/g, (whole, code?: string, entity?: string) =>
      code === undefined ? (ENTITIES[entity ?? ''] ?? whole) : String.fromCodePoint(Number(code)),
    ) ?? null
  );
}

function said(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ?? message ?? String(error);
}
