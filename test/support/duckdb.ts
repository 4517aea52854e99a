import { DuckDBInstance } from '@duckdb/node-api';

/** An independent engine: answers are compared with what DuckDB says of the same files. */
export interface Sql {
  rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]>;
  close(): void;
}

export async function askSql(setup: string): Promise<Sql> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(setup);
  return {
    async rows<Row>(sql: string) {
      const reader = await connection.runAndReadAll(sql);
      return reader.getRowObjectsJS() as Row[];
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
