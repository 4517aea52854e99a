import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpool } from '../../activities/parts.js';
import { deadLine, filmLine } from '../../activities/spool.js';
import { MissingFile, StorageUnavailable } from '../../dataset/errors.js';
import { isRemote, parseRemote } from '../../dataset/s3.js';
import { openStore, type Store } from '../../dataset/store.js';
import { vacuum } from '../../dataset/vacuum.js';
import { dataId } from '../../temporal/ids.js';
import { BUCKET, findS3Server, NO_S3_SERVER, startS3, type S3Server } from '../support/s3.js';
import { removeFolder, temporaryFolder, until } from '../support/system.js';

describe('S3 locations', () => {
  it('are told from folders and taken apart', () => {
    expect(isRemote('s3://films/all')).toBe(true);
    expect(isRemote('./s3')).toBe(false);
    expect(parseRemote('s3://films/a/b/')).toEqual({ bucket: 'films', prefix: 'a/b/' });
    expect(parseRemote('s3://films')).toEqual({ bucket: 'films', prefix: '' });
    expect(() => parseRemote('s3://Films')).toThrow('s3://bucket/prefix');
    expect(() => parseRemote('s3://films/a//b')).toThrow('no store path');
  });

  it('have one id on every machine', () => {
    expect(dataId('s3://films/all/')).toBe(dataId('s3://films/all'));
    expect(dataId('s3://films/all')).not.toBe(dataId('s3://films/some'));
  });
});

const program = findS3Server();

describe.skipIf(program === null)(
  `a data location in a bucket${program === null ? ` ${NO_S3_SERVER}` : ''}`,
  () => {
    const folder = temporaryFolder('s3');
    let server: S3Server;
    let names = 0;

    beforeAll(async () => {
      server = await startS3(program as string, folder);
    });
    afterAll(async () => {
      await server.stop();
      removeFolder(folder);
    });

    /** As from another machine: with its own folder of copies. */
    const open = (location: string, machine = `m${names++}`): Promise<Store> =>
      openStore(location, { ...server.settings, cache: join(folder, machine) });
    const fresh = (): string => `s3://${BUCKET}/p${names++}`;

    it('gives back what was written, lists it sorted, and removes it', async () => {
      const store = await open(fresh());
      await store.write('b/two words & <more>.json', 'zwei');
      await store.write('b/a@1+2.json', 'eins');
      await store.write('c.json', Buffer.from([1, 2, 3]));
      expect((await store.read('b/two words & <more>.json')).toString()).toBe('zwei');
      expect(await store.size('c.json')).toBe(3);
      expect(await store.size('d.json')).toBeNull();
      expect((await store.list('')).map(({ path }) => path)).toEqual([
        'b/a@1+2.json',
        'b/two words & <more>.json',
        'c.json',
      ]);
      expect((await store.list('b')).map(({ bytes }) => bytes)).toEqual([4, 4]);
      await expect(store.read('d.json')).rejects.toThrow(MissingFile);
      await store.copy('c.json', 'latest/c.json');
      expect((await store.read('latest/c.json')).equals(Buffer.from([1, 2, 3]))).toBe(true);
      await expect(store.copy('d.json', 'e.json')).rejects.toThrow(MissingFile);
      await store.remove('b');
      await store.remove('nothing');
      expect((await store.list('')).map(({ path }) => path)).toEqual(['c.json', 'latest/c.json']);
    });

    it('lets one of many create a file', async () => {
      const location = fresh();
      const machines = await Promise.all(Array.from({ length: 4 }, () => open(location)));
      const won = await Promise.all(
        machines.map((store, n) => store.create('snapshots/x/1.json', `by ${n}`)),
      );
      expect(won.filter(Boolean).length).toBe(1);
      expect((await machines[0]!.read('snapshots/x/1.json')).toString()).toBe(`by ${won.indexOf(true)}`);
    });

    it('brings a copy to another machine, again when it was cut off, and none of what is gone', async () => {
      const location = fresh();
      const [one, two] = [await open(location), await open(location)];
      const out = join(await one.temporary(), 'films.parquet');
      writeFileSync(out, 'columns');
      await one.put(out, 'artefacts/films/ab12-films.parquet');
      expect(existsSync(out)).toBe(false);
      const copy = await two.bring('artefacts/films/ab12-films.parquet');
      expect(copy).toBe(two.local('artefacts/films/ab12-films.parquet'));
      expect(readFileSync(copy, 'utf8')).toBe('columns');
      writeFileSync(copy, 'col');
      expect(readFileSync(await two.bring('artefacts/films/ab12-films.parquet'), 'utf8')).toBe('columns');
      await one.remove('artefacts/films/ab12-films.parquet');
      await expect(two.bring('artefacts/films/ab12-films.parquet')).rejects.toThrow(MissingFile);
    });

    it('lists more files than one answer holds', async () => {
      const store = await open(fresh());
      for (let n = 0; n < 1100; n += 50)
        await Promise.all(Array.from({ length: 50 }, (_, m) => store.write(`many/${n + m}`, 'x')));
      expect((await store.list('many')).length).toBe(1100);
      await store.remove('many');
      expect(await store.list('')).toEqual([]);
    }, 60_000);

    it('shares a spool, so that another machine asks only for what is missing', async () => {
      const location = fresh();
      const [one, two] = [await open(location), await open(location)];
      const spool = await openSpool(one, 'spools/k.ndjson');
      await spool.append(filmLine(1, '{"id":1}'));
      await spool.append(deadLine({ id: 2, status: 404, attempts: 1, message: 'none' }));
      // Not closed: its machine is gone.
      await until('a part is put', 6, async () => (await two.list('spools')).length === 1);
      const other = await openSpool(two, 'spools/k.ndjson');
      expect([...other.found.films]).toEqual([[1, '{"id":1}']]);
      expect([...other.found.dead.keys()]).toEqual([2]);
      await other.append(filmLine(3, '{"id":3}'));
      await other.close();
      await spool.append(filmLine(4, '{"id":4}'));
      await spool.close();
      const again = await openSpool(one, 'spools/k.ndjson');
      expect([...again.found.films.keys()].sort()).toEqual([1, 3, 4]);
      await again.close();
      rmSync(one.local('spools/k.ndjson'));
      const third = await openSpool(one, 'spools/k.ndjson');
      expect([...third.found.films.keys()].sort()).toEqual([1, 3, 4]);
      await third.close();
      expect((await vacuum(one, 1, 0)).files).toBeGreaterThan(0);
      expect(await one.list('')).toEqual([]);
    }, 20_000);

    it('says what is wrong with a bucket, a key or a server that is away', async () => {
      await expect(open('s3://nobody-made-this/x')).rejects.toThrow('There is no bucket nobody-made-this');
      const wrong = { ...server.settings, secretAccessKey: 'wrong', cache: join(folder, 'wrong') };
      await expect(openStore(fresh(), wrong)).rejects.toThrow(/refuses .*403.* AWS_ACCESS_KEY_ID/);
      const store = await open(fresh());
      await server.stop();
      const error = await store.write('a', 'b').catch((one: unknown) => one);
      expect(error).toBeInstanceOf(StorageUnavailable);
      expect(String(error)).toContain('does not answer as it should (writing p');
      await server.again();
      await store.write('a', 'b');
    }, 30_000);
  },
);
