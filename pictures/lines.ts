import { digits, linear, ticks } from './scale.js';
import { ACCENT, BODY_TOP, element, INK, label, line, MUTED, PALE, picture, WIDTH } from './svg.js';

export interface Line {
  readonly name: string;
  /** Drawn over the others, in ink. */
  readonly strong: boolean;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

export interface LinesPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly synthetic: boolean;
  /** Side by side, each with an axis of its own. */
  readonly panels: readonly { readonly title: string; readonly lines: readonly Line[] }[];
}

const TOP = BODY_TOP + 30;
const BOTTOM = TOP + 300;
const GAP = 60;

/** Lines over years, in panels beside each other. Returns SVG text. */
export function linesPicture({ panels, ...frame }: LinesPicture): string {
  const width = (WIDTH - 24 - GAP * panels.length) / panels.length;
  return picture({
    ...frame,
    height: BOTTOM + 44,
    body: panels.flatMap(({ title, lines }, at) => {
      const left = GAP + at * (width + GAP);
      const all = lines.flatMap(({ points }) => points);
      const marks = ticks(0, Math.max(...all.map(({ y }) => y)), 5);
      const years = all.map(({ x }) => x);
      const [first, last] = [Math.min(...years), Math.max(...years)];
      const x = linear([first, last], [left, left + width]);
      const y = linear([marks[0]!, marks.at(-1)!], [BOTTOM, TOP]);
      const path = (one: Line): string =>
        element('polyline', {
          points: one.points.map((point) => `${x(point.x).toFixed(1)},${y(point.y).toFixed(1)}`).join(' '),
          fill: 'none',
          stroke: one.strong ? INK : at % 2 === 0 ? PALE : ACCENT,
          'stroke-opacity': one.strong ? '1' : '0.7',
          'stroke-width': one.strong ? 3 : 1.5,
        });
      return [
        label(left, TOP - 14, title, { 'font-weight': 600 }),
        ...marks.flatMap((mark) => [
          line(left, y(mark), left + width, y(mark), { stroke: '#eceef0' }),
          label(left - 8, y(mark) + 4, mark.toFixed(digits(marks)), {
            'font-size': 12,
            fill: MUTED,
            'text-anchor': 'end',
          }),
        ]),
        ...[first, Math.round((first + last) / 2), last].map((year) =>
          label(x(year), BOTTOM + 20, String(year), {
            'font-size': 12,
            fill: MUTED,
            'text-anchor': 'middle',
          }),
        ),
        ...[...lines].sort((a, b) => Number(a.strong) - Number(b.strong)).map(path),
      ];
    }),
  });
}
