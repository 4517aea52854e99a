import {
  ACCENT,
  BODY_TOP,
  count,
  element,
  INK,
  label,
  line,
  MUTED,
  picture,
  WIDTH,
} from '../../pictures/svg.js';

/** Seconds, or megabytes, of one thing over sizes. */
export interface Series {
  readonly name: string;
  readonly values: readonly number[];
}

const PLOT = { left: 80, right: WIDTH - 200, top: BODY_TOP + 16, height: 380 };
const COLOURS = [INK, ACCENT, '#a8470f', '#2f7d4f', '#7a4fa3', '#8a6d00', '#b03060', MUTED];

/**
 * Growth of cost over the number of films, both axes in powers of ten: what grows as the films do rises as the dashed
 * line.
 */
export function growthPicture(
  title: string,
  subtitle: string,
  films: readonly number[],
  series: readonly Series[],
): string {
  const known = series.flatMap(({ values }) => values.filter((value) => value > 0));
  const x = scale(films, PLOT.left, PLOT.right);
  const bottom = PLOT.top + PLOT.height;
  const y = scale(known, bottom, PLOT.top);
  const shown = series.map((one, at) => ({ ...one, colour: COLOURS[at % COLOURS.length]! }));
  const ends = spread(shown.map(({ values }) => y.at(Math.max(values.at(-1) ?? 0, y.from))));
  return picture({
    height: bottom + 64,
    title,
    subtitle,
    synthetic: true,
    body: [
      ...y.ticks.flatMap((value) => [
        line(PLOT.left, y.at(value), PLOT.right, y.at(value)),
        label(PLOT.left - 10, y.at(value) + 5, short(value), {
          'text-anchor': 'end',
          'font-size': 12,
          fill: MUTED,
        }),
      ]),
      ...films.map((value) =>
        label(x.at(value), bottom + 22, count(value), {
          'text-anchor': 'middle',
          'font-size': 12,
          fill: MUTED,
        }),
      ),
      label((PLOT.left + PLOT.right) / 2, bottom + 46, 'films', { 'text-anchor': 'middle', 'font-size': 13 }),
      proportional(films, y.from, y.to, x.at, y.at),
      ...shown.map(({ values, colour }) =>
        element('polyline', {
          points: values
            .flatMap((value, at) =>
              value > 0 ? [`${x.at(films[at]!).toFixed(1)},${y.at(value).toFixed(1)}`] : [],
            )
            .join(' '),
          fill: 'none',
          stroke: colour,
          'stroke-width': 2,
        }),
      ),
      ...shown.flatMap(({ values, colour }) =>
        values.flatMap((value, at) =>
          value > 0 ? [element('circle', { cx: x.at(films[at]!), cy: y.at(value), r: 3, fill: colour })] : [],
        ),
      ),
      ...shown.map(({ name, values, colour }, at) =>
        label(PLOT.right + 14, ends[at]! + 4, `${name} ${short(values.at(-1) ?? 0)}`, {
          'font-size': 12,
          fill: colour,
        }),
      ),
    ],
  });
}

interface Scale {
  readonly at: (value: number) => number;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

/** Logarithmic; whole powers of ten around the values for the ticks. */
function scale(values: readonly number[], start: number, end: number): Scale {
  const from = Math.min(...values) / 1.2;
  const to = Math.max(...values) * 1.2;
  const span = Math.log(to / from);
  const at = (value: number): number => start + (Math.log(value / from) / span) * (end - start);
  const first = Math.ceil(Math.log10(from));
  const powers = Array.from(
    { length: Math.max(0, Math.floor(Math.log10(to)) - first + 1) },
    (_, n) => 10 ** (first + n),
  );
  return { at, from, to, ticks: powers };
}

/** Cost that doubles when the films do, through the middle of the plot. */
function proportional(
  films: readonly number[],
  from: number,
  to: number,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const [first, last] = [films[0]!, films.at(-1)!];
  const middle = Math.sqrt(from * to) / Math.sqrt(first * last);
  const clamp = (n: number): number => Math.min(to / middle, Math.max(from / middle, n));
  const [a, b] = [clamp(first), clamp(last)];
  return line(x(a), y(a * middle), x(b), y(b * middle), { 'stroke-dasharray': '4 4', stroke: MUTED });
}

/** Labels at least 15 pixels apart, in the order of their places. */
function spread(places: readonly number[]): number[] {
  const order = places.map((place, at) => ({ place, at })).sort((a, b) => a.place - b.place);
  const result = [...places];
  let last = -Infinity;
  for (const { place, at } of order) result[at] = last = Math.max(place, last + 15);
  return result;
}

function short(value: number): string {
  return value >= 10 ? count(value) : String(Math.round(value * 100) / 100);
}
