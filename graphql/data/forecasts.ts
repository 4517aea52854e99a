import type { SeriesForecastRow } from '../../dataset/serving/tables.js';

/** A snapshot's forecasts of one series, as they are asked for: by model and year. */
export class Forecasts {
  /** Undefined where there are none. */
  readonly served: string | undefined;
  /** In the table's order. */
  readonly models: readonly string[];
  readonly #ranked = new Map<string, SeriesForecastRow[]>();

  constructor(rows: readonly SeriesForecastRow[]) {
    this.served = rows.find((row) => row.served)?.model;
    this.models = [...new Set(rows.map(({ model }) => model))];
    for (const row of rows) {
      if (!Number.isFinite(row.value)) continue;
      const key = `${row.year} ${row.model}`;
      const ranked = this.#ranked.get(key) ?? [];
      ranked.push(row);
      this.#ranked.set(key, ranked);
    }
    for (const ranked of this.#ranked.values())
      ranked.sort((a, b) => b.value - a.value || Buffer.compare(Buffer.from(a.genre), Buffer.from(b.genre)));
  }

  /** Genres with a forecast, highest first, ties by name. */
  ranking(model: string, year: number): readonly SeriesForecastRow[] {
    return this.#ranked.get(`${year} ${model}`) ?? [];
  }
}
