import { digits, linear, ticks } from './scale.js';
import {
  ACCENT,
  BODY_TOP,
  element,
  fit,
  INK,
  label,
  line,
  missing,
  MUTED,
  PALE,
  picture,
  WIDTH,
} from './svg.js';

interface ForecastEntry {
  readonly genre: string;
  /** Popularity beside the average film of that year (1). */
  readonly index: number;
  /** The 80 % interval. */
  readonly lower: number;
  readonly upper: number;
  readonly lower95: number;
  readonly upper95: number;
}

export interface ForecastPicture {
  readonly year: number;
  readonly model: string;
  /** In ranked order. */
  readonly entries: readonly ForecastEntry[];
  readonly catalogue: string;
  readonly synthetic: boolean;
}

const SHOWN = 20;
const ROW = 30;
const PLOT = { left: 190, right: WIDTH - 90 };

/** Genres by forecast index with both intervals, at most 20. Returns SVG text. */
export function forecastPicture({ year, model, entries, catalogue, synthetic }: ForecastPicture): string {
  const frame = {
    title: `Genres ahead in ${year}`,
    subtitle:
      'Popularity index, 1 = the average film of that year. Dot: forecast; thick: 80 % interval, thin: 95 %',
    synthetic,
  };
  const shown = entries
    .filter(({ index, lower, upper, lower95, upper95 }) =>
      [index, lower, upper, lower95, upper95].every(Number.isFinite),
    )
    .slice(0, SHOWN);
  if (shown.length === 0) {
    return missing(frame, `No forecast for ${year}: the years before it hold too few films to say.`);
  }
  const marks = ticks(
    Math.min(1, ...shown.map((entry) => entry.lower95)),
    Math.max(1, ...shown.map((entry) => entry.upper95)),
    8,
  );
  const x = linear([marks[0]!, marks.at(-1)!], [PLOT.left, PLOT.right]);
  const top = BODY_TOP + 12;
  const bottom = top + shown.length * ROW;
  return picture({
    ...frame,
    height: bottom + 80,
    body: [
      ...marks.map((mark) => {
        const at = x(mark);
        return `${line(at, top, at, bottom, { stroke: '#eceef0' })}${label(at, bottom + 20, mark.toFixed(digits(marks)), { 'font-size': 12, fill: MUTED, 'text-anchor': 'middle' })}`;
      }),
      line(x(1), top - 6, x(1), bottom + 4, { stroke: MUTED, 'stroke-dasharray': '4 4' }),
      label(x(1), bottom + 40, 'average film', { 'font-size': 12, fill: MUTED, 'text-anchor': 'middle' }),
      label(24, bottom + 64, fit(`Model ${model}, catalogue ${catalogue}`, WIDTH - 48, 12), {
        'font-size': 12,
        fill: MUTED,
      }),
      ...shown.map((entry, index) => {
        const y = top + index * ROW + ROW / 2;
        return [
          label(40, y + 5, String(index + 1), { 'font-size': 12, fill: MUTED, 'text-anchor': 'end' }),
          label(PLOT.left - 14, y + 5, fit(entry.genre, PLOT.left - 64, 14), { 'text-anchor': 'end' }),
          line(x(entry.lower95), y, x(entry.upper95), y, { stroke: ACCENT, 'stroke-width': 1.5 }),
          line(x(entry.lower), y, x(entry.upper), y, {
            stroke: PALE,
            'stroke-width': 8,
            'stroke-linecap': 'round',
          }),
          element('circle', { cx: x(entry.index), cy: y, r: 5, fill: INK }),
          label(WIDTH - 24, y + 5, entry.index.toFixed(2), { 'text-anchor': 'end' }),
        ].join('');
      }),
    ],
  });
}
