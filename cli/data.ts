import { homedir } from 'node:os';
import { join } from 'node:path';
import { isRemote, type RemoteSettings } from '../dataset/s3.js';
import { openStore, type Store } from '../dataset/store.js';
import { dataId } from '../temporal/ids.js';
import { UsageError, type Environment, type Settings } from './config.js';

/** The store at the data location; a bucket's server and key are those that every S3 tool reads. @throws UsageError. */
export async function openData(settings: Pick<Settings, 'data'>): Promise<Store> {
  if (!isRemote(settings.data)) return await openStore(settings.data);
  return await openStore(settings.data, remoteSettings(settings, process.env));
}

/** A folder of this machine for logs, copies and databases: the data folder, or, for a bucket, one in the cache. */
export function localFolder(
  { data }: Pick<Settings, 'data'>,
  environment: Environment = process.env,
): string {
  if (!isRemote(data)) return data;
  return join(environment.XDG_CACHE_HOME || join(homedir(), '.cache'), 'marquee', dataId(data));
}

function remoteSettings(settings: Pick<Settings, 'data'>, environment: Environment): RemoteSettings {
  const given = (...names: string[]): string | undefined =>
    names.map((name) => environment[name] || undefined).find((value) => value !== undefined);
  const accessKeyId = given('AWS_ACCESS_KEY_ID');
  const secretAccessKey = given('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new UsageError(
      `The data location ${settings.data} needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN for a temporary key). AWS_REGION and AWS_ENDPOINT_URL name the server.`,
    );
  return {
    endpoint: given('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'),
    region: given('AWS_REGION', 'AWS_DEFAULT_REGION') ?? 'us-east-1',
    accessKeyId,
    secretAccessKey,
    sessionToken: given('AWS_SESSION_TOKEN'),
    cache: join(localFolder(settings, environment), 'copies'),
  };
}
