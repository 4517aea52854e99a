import { h, responsive, s } from './dom.js';
import { digits, linear, ticks } from './scale.js';

const MARGIN = { top: 12, right: 16, bottom: 30, left: 56 };
const HEIGHT = 320;

/**
 * Lines over years, with a legend, values under the pointer and by arrow keys, and the same as a table.
 * @param series `{ name, points: [{ x, y }] }`, at most four; y null breaks the line
 */
export function lineChart({ label, series, format, floor = 0 }) {
  const values = series.flatMap(({ points }) => points.filter(({ y }) => y !== null));
  const xs = [...new Set(values.map(({ x }) => x))].sort((a, b) => a - b);
  const marks = ticks(
    Math.min(floor ?? Infinity, ...values.map(({ y }) => y)),
    Math.max(...values.map(({ y }) => y)),
    5,
  );
  const readout = h('p', { class: 'readout', 'aria-live': 'polite' });
  let chosen = xs.length - 1;
  const tell = () => {
    const year = xs[chosen];
    readout.replaceChildren(
      h('b', {}, String(year)),
      ...series.map(({ name, points }, index) => {
        const y = points.find(({ x }) => x === year)?.y ?? null;
        return h(
          'span',
          { class: `key series-${index}` },
          sample(),
          `${name} `,
          h('b', {}, y === null ? '–' : format(y)),
        );
      }),
    );
  };
  tell();
  const figure = responsive((width) => draw(width));
  return h('figure', {}, readout, figure);

  function sample() {
    return s(
      'svg',
      { width: 26, height: 10, 'aria-hidden': 'true' },
      s('line', { x1: 1, y1: 5, x2: 25, y2: 5 }),
    );
  }

  function draw(width) {
    const x = linear([xs[0], xs.at(-1)], [MARGIN.left, width - MARGIN.right]);
    const y = linear([marks[0], marks.at(-1)], [HEIGHT - MARGIN.bottom, MARGIN.top]);
    const cursor = s('g', { class: 'cursor', 'aria-hidden': 'true' });
    const point = () => {
      const at = x(xs[chosen]);
      cursor.replaceChildren(
        s('line', { x1: at, x2: at, y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
        ...series.flatMap(({ points }, index) => {
          const value = points.find((one) => one.x === xs[chosen])?.y ?? null;
          return value === null
            ? []
            : [s('circle', { class: `series-${index}`, cx: at, cy: y(value), r: 4 })];
        }),
      );
      tell();
    };
    const move = (to) => {
      chosen = Math.min(xs.length - 1, Math.max(0, to));
      point();
    };
    const years = ticks(xs[0], xs.at(-1), Math.max(2, Math.floor(width / 110))).filter(
      (year) => Number.isInteger(year) && year >= xs[0] && year <= xs.at(-1),
    );
    const svg = s(
      'svg',
      {
        class: 'chart',
        width,
        height: HEIGHT,
        viewBox: `0 0 ${width} ${HEIGHT}`,
        role: 'img',
        tabindex: 0,
        'aria-label': `${label}. Arrow keys move through the years; the values stand above and in the table below.`,
        pointermove: (event) => {
          const at = event.clientX - svg.getBoundingClientRect().left;
          let nearest = 0;
          xs.forEach((year, index) => {
            if (Math.abs(x(year) - at) < Math.abs(x(xs[nearest]) - at)) nearest = index;
          });
          move(nearest);
        },
        keydown: (event) => {
          const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
          const end = { Home: 0, End: xs.length - 1 }[event.key];
          if (step === undefined && end === undefined) return;
          event.preventDefault();
          move(end ?? chosen + step);
        },
      },
      marks.map((mark) => [
        s('line', { class: 'grid', x1: MARGIN.left, x2: width - MARGIN.right, y1: y(mark), y2: y(mark) }),
        s('text', { x: MARGIN.left - 8, y: y(mark) + 4, 'text-anchor': 'end' }, axisText(mark)),
      ]),
      years.map((year) => s('text', { x: x(year), y: HEIGHT - 8, 'text-anchor': 'middle' }, String(year))),
      series.map(({ points }, index) => s('path', { class: `line series-${index}`, d: path(points, x, y) })),
      cursor,
    );
    point();
    return svg;
  }

  function axisText(mark) {
    return mark.toLocaleString('en-US', {
      minimumFractionDigits: digits(marks),
      maximumFractionDigits: digits(marks),
    });
  }
}

function path(points, x, y) {
  let pen = 'M';
  return points
    .map((point) => {
      if (point.y === null) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`;
      pen = 'L';
      return step;
    })
    .join('');
}
