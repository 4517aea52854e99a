import { readFileSync } from 'node:fs';
import type pl from 'nodejs-polars';
import { checkSizes, parquetOf } from './files.js';
import type {
  DeadLetterRow,
  ForecastBacktestRow,
  ForecastRow,
  OtherTables,
  ReportRow,
  SeriesBacktestRow,
  SeriesForecastRow,
  TableFiles,
  TrendRow,
} from './tables.js';

/** Reads the small tables as they are, when a snapshot is opened. Synchronous. Throws as `prepareTables` does. */
export function readOthers(files: TableFiles): OtherTables {
  checkSizes(files);
  const parquet = parquetOf(files);
  const text = (table: string): string | null => {
    const found = files[table];
    return found === undefined ? null : readFileSync(found.file, 'utf8');
  };
  return {
    trends: (parquet('trends')?.toRecords() ?? []) as unknown as TrendRow[],
    forecast: (parquet('genreForecast')?.toRecords() ?? []) as unknown as ForecastRow[],
    forecastBacktest: (parquet('genreForecastBacktest')?.toRecords() ??
      []) as unknown as ForecastBacktestRow[],
    seriesForecast: (parquet('genreSeriesForecast')?.toRecords() ?? []) as unknown as SeriesForecastRow[],
    seriesBacktest: (parquet('genreSeriesBacktest')?.toRecords() ?? []) as unknown as SeriesBacktestRow[],
    deadLetters: readDeadLetters(parquet('deadLetters'), text('deadLetterDetails')),
    reports: Object.keys(files)
      .filter((table) => table.endsWith('Report'))
      .sort()
      .flatMap((table) => JSON.parse(text(table) as string) as ReportRow[]),
    pictures: Object.fromEntries(
      Object.entries(files).flatMap(([table, { file }]) => {
        const name = /[A-Za-z]+\.svg$/.exec(file)?.[0];
        return name === undefined ? [] : [[name, text(table) as string]];
      }),
    ),
  };
}

function readDeadLetters(frame: pl.DataFrame | null, details: string | null): DeadLetterRow[] {
  const known = new Map<number, { status?: number | null; attempts?: number; message?: string }>();
  for (const line of details?.split('\n') ?? []) {
    if (line === '') continue;
    const one = JSON.parse(line) as {
      id: number;
      status?: number | null;
      attempts?: number;
      message?: string;
    };
    known.set(one.id, one);
  }
  const rows = (frame?.toRecords() ?? []) as unknown as { id: number; status: number | null }[];
  return rows.map(({ id, status }) => ({
    id,
    status,
    attempts: known.get(id)?.attempts ?? null,
    message: known.get(id)?.message ?? 'No detail was kept.',
  }));
}
