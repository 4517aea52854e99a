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
  rectangle,
  WIDTH,
} from './svg.js';

/** The plots of a model's card. Each returns SVG text. */

interface Frame {
  readonly title: string;
  readonly subtitle: string;
  readonly synthetic: boolean;
}

export interface Pair {
  readonly predicted: number;
  readonly actual: number;
}

/** More dots than this say no more. */
const MOST_DOTS = 1500;
const SIDE = 420;
const LEFT = 90;
const TOP = BODY_TOP + 12;

/** What was predicted against what came; on the line both are equal. */
export function agreementPicture(frame: Frame, pairs: readonly Pair[]): string {
  const known = pairs.filter(
    ({ predicted, actual }) => Number.isFinite(predicted) && Number.isFinite(actual),
  );
  if (known.length === 0) return missing(frame, 'Nothing was tested.');
  const step = Math.max(1, Math.ceil(known.length / MOST_DOTS));
  const shown = known.filter((_, at) => at % step === 0);
  const values = shown.flatMap(({ predicted, actual }) => [predicted, actual]);
  const marks = ticks(Math.min(...values), Math.max(...values), 6);
  return square(frame, marks, 'predicted', 'came', (x, y) =>
    shown.map(({ predicted, actual }) =>
      element('circle', { cx: x(predicted), cy: y(actual), r: 2.5, fill: ACCENT, 'fill-opacity': '0.35' }),
    ),
  );
}

export interface CalibrationPoint {
  /** The share that was promised, 0-1, and that came. */
  readonly said: number;
  readonly came: number;
  readonly rows: number;
}

/** Shares that came against shares that were promised. */
export function calibrationPicture(frame: Frame, points: readonly CalibrationPoint[]): string {
  const known = points.filter(({ rows }) => rows > 0);
  if (known.length === 0) return missing(frame, 'No interval and no chance was tested.');
  return square(frame, [0, 0.2, 0.4, 0.6, 0.8, 1], 'promised', 'came', (x, y) =>
    known.flatMap(({ said, came, rows }) => [
      element('circle', { cx: x(said), cy: y(came), r: 6, fill: ACCENT }),
      label(x(said) + 10, y(came) + 16, String(rows), { 'font-size': 11, fill: MUTED }),
    ]),
  );
}

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** Bars from the largest down. */
export function barsPicture(frame: Frame, bars: readonly Bar[], unit: string): string {
  const shown = bars
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1))
    .slice(0, 20);
  if (shown.length === 0) return missing(frame, 'Nothing was measured.');
  const most = Math.max(...shown.map(({ value }) => value)) || 1;
  const x = linear([0, most], [0, WIDTH - 330]);
  return picture({
    ...frame,
    height: TOP + shown.length * 26 + 40,
    body: shown.flatMap(({ name, value }, at) => [
      label(200, TOP + at * 26 + 15, fit(name, 180, 14), { 'text-anchor': 'end' }),
      rectangle(212, TOP + at * 26 + 2, x(value), 18, { fill: PALE }),
      label(220 + x(value), TOP + at * 26 + 15, `${value.toPrecision(3)} ${unit}`, {
        'font-size': 12,
        fill: MUTED,
      }),
    ]),
  });
}

function square(
  frame: Frame,
  marks: readonly number[],
  across: string,
  up: string,
  dots: (x: (value: number) => number, y: (value: number) => number) => readonly string[],
): string {
  const domain = [marks[0]!, marks.at(-1)!] as const;
  const bottom = TOP + SIDE;
  const x = linear(domain, [LEFT, LEFT + SIDE]);
  const y = linear(domain, [bottom, TOP]);
  const text = (mark: number): string => mark.toFixed(digits(marks));
  return picture({
    ...frame,
    height: bottom + 64,
    body: [
      ...marks.flatMap((mark) => [
        line(x(mark), TOP, x(mark), bottom, { stroke: '#eceef0' }),
        line(LEFT, y(mark), LEFT + SIDE, y(mark), { stroke: '#eceef0' }),
        label(x(mark), bottom + 20, text(mark), { 'font-size': 12, fill: MUTED, 'text-anchor': 'middle' }),
        label(LEFT - 8, y(mark) + 4, text(mark), { 'font-size': 12, fill: MUTED, 'text-anchor': 'end' }),
      ]),
      line(x(domain[0]), y(domain[0]), x(domain[1]), y(domain[1]), {
        stroke: MUTED,
        'stroke-dasharray': '4 4',
      }),
      label(LEFT + SIDE / 2, bottom + 44, across, { 'text-anchor': 'middle', fill: INK }),
      label(24, TOP + 14, up, { fill: INK }),
      ...dots(x, y),
    ],
  });
}
