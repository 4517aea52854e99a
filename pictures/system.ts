import { layOut, type Layers, type Place } from './layers.js';
import { ACCENT, BODY_TOP, element, fit, INK, label, LINE, MUTED, picture, rectangle } from './svg.js';

export interface SystemTask {
  readonly name: string;
  readonly after: readonly string[];
  readonly kind: 'activity' | 'workflow';
}

const SOURCE = { x: 16, width: 108 };
const WORKER = { x: 134, width: 664 };
const SERVING = { x: 808, width: 136 };
const BOX = 34;
const ROW = 48;
const LANE_TOP = BODY_TOP;
const DAG_TOP = LANE_TOP + 48;

/** Where the data goes: TMDB, the declared tasks in Temporal, the snapshot, GraphQL, the page. Returns SVG text. */
export function systemPicture(tasks: readonly SystemTask[]): string {
  const layers = layOut(tasks);
  const room = Math.max(5 * ROW, layers.rows * ROW + 24);
  const laneHeight = DAG_TOP - LANE_TOP + room;
  const places = scale(layers, room);
  return picture({
    height: LANE_TOP + laneHeight + 48,
    title: 'Marquee: from TMDB to the page',
    subtitle: `${tasks.length} tasks declared in temporal.yml; arrows that others imply are left out`,
    synthetic: false,
    body: [
      ARROW,
      lane(SOURCE, laneHeight, 'Source'),
      lane(WORKER, laneHeight, 'Temporal and its worker'),
      lane(SERVING, laneHeight, 'Served'),
      ...(tasks.length === 0
        ? [
            label(WORKER.x + WORKER.width / 2, DAG_TOP + room / 2, 'No task is declared.', {
              'text-anchor': 'middle',
              fill: MUTED,
            }),
          ]
        : dag(tasks, layers, places)),
      ...source(tasks, layers, places, room),
      ...serving(layers, places, room),
      ...legend(LANE_TOP + laneHeight + 28),
    ],
  });
}

const ARROW = element(
  'defs',
  {},
  element(
    'marker',
    {
      id: 'arrow',
      viewBox: '0 0 8 8',
      refX: 7,
      refY: 4,
      markerWidth: 7,
      markerHeight: 7,
      orient: 'auto-start-reverse',
    },
    element('path', { d: 'M0 0.5L8 4L0 7.5z', fill: MUTED }),
  ),
);

interface Scale {
  readonly width: number;
  readonly left: (column: number) => number;
  readonly y: (row: number) => number;
}

function scale(layers: Layers, room: number): Scale {
  const pitch = (WORKER.width - 12) / Math.max(1, layers.columns);
  const width = Math.min(104, pitch - Math.min(22, pitch * 0.3));
  const top = DAG_TOP + (room - layers.rows * ROW) / 2;
  return {
    width,
    left: (column) => WORKER.x + 6 + column * pitch + (pitch - width) / 2,
    y: (row) => top + (row + 0.5) * ROW - 8,
  };
}

function lane({ x, width }: { x: number; width: number }, height: number, name: string): string {
  return [
    rectangle(x, LANE_TOP, width, height, { rx: 8, fill: '#f6f8fa', stroke: LINE }),
    label(x + width / 2, LANE_TOP + 24, name, {
      'font-size': 13,
      'font-weight': 600,
      fill: MUTED,
      'text-anchor': 'middle',
    }),
  ].join('\n');
}

function box(
  x: number,
  y: number,
  width: number,
  height: number,
  lines: readonly string[],
  double = false,
): string {
  const border = { rx: 5, fill: '#ffffff', stroke: ACCENT, 'stroke-width': 1.5 };
  return [
    rectangle(x, y, width, height, border),
    ...(double
      ? [rectangle(x + 3, y + 3, width - 6, height - 6, { ...border, rx: 3, 'stroke-width': 0.8 })]
      : []),
    ...lines.map((one, index) =>
      label(x + width / 2, y + height / 2 + 4.5 + (index - (lines.length - 1) / 2) * 17, one, {
        'font-size': 12,
        'font-weight': index === 0 && lines.length > 1 ? 600 : 400,
        fill: index === 0 ? INK : MUTED,
        'text-anchor': 'middle',
      }),
    ),
  ].join('\n');
}

function arrow(d: string): string {
  return element('path', {
    d,
    fill: 'none',
    stroke: MUTED,
    'stroke-width': 1.3,
    'marker-end': 'url(#arrow)',
  });
}

function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function bend(x1: number, y1: number, x2: number, y2: number): string {
  const middle = (x1 + x2) / 2;
  return `C${n(middle)} ${n(y1)} ${n(middle)} ${n(y2)} ${n(x2)} ${n(y2)}`;
}

/** Through the free rows of the columns between. */
function route(points: readonly Place[], { left, width, y }: Scale): string {
  let x = left(points[0]!.column) + width;
  let at = y(points[0]!.row);
  let d = `M${n(x)} ${n(at)}`;
  points.slice(1).forEach((point, index) => {
    const start = left(point.column);
    d += bend(x, at, start, y(point.row));
    at = y(point.row);
    x = start + width;
    if (index < points.length - 2) d += `H${n(x)}`;
  });
  return d;
}

function dag(tasks: readonly SystemTask[], layers: Layers, places: Scale): string[] {
  const kinds = new Map(tasks.map((task) => [task.name, task.kind]));
  return [
    ...layers.edges.map(({ points }) => arrow(route(points, places))),
    ...layers.nodes.map(({ name, column, row }) =>
      box(
        places.left(column),
        places.y(row) - BOX / 2,
        places.width,
        BOX,
        [fit(name, places.width - 2, 12)],
        kinds.get(name) === 'workflow',
      ),
    ),
  ];
}

/** TMDB feeds the tasks that wait for nothing, and the child workflows, which fetch. */
function source(
  tasks: readonly SystemTask[],
  layers: Layers,
  { left, width, y }: Scale,
  room: number,
): string[] {
  const middle = DAG_TOP + room / 2 - 8;
  const right = SOURCE.x + SOURCE.width - 12;
  const fetching = new Set(
    tasks.filter((task) => task.after.length === 0 || task.kind === 'workflow').map((task) => task.name),
  );
  return [
    box(SOURCE.x + 12, middle - 52, SOURCE.width - 24, 104, ['TMDB', 'daily ids', 'film details']),
    ...layers.nodes
      .filter(({ name }) => fetching.has(name))
      .map(({ column, row }) => {
        if (column === 0) return arrow(`M${n(right)} ${n(middle)}${bend(right, middle, left(0), y(row))}`);
        const below = Math.max(y(row) + BOX / 2 + 20, middle + 36);
        return arrow(
          `M${n(right)} ${n(middle + 36)}${bend(right, middle + 36, left(0), below)}H${n(left(column) + width / 2)}V${n(y(row) + BOX / 2 + 1)}`,
        );
      }),
  ];
}

function serving(layers: Layers, { left, width, y }: Scale, room: number): string[] {
  const x = SERVING.x + 12;
  const height = 52;
  const step = Math.min(88, (room - height - 16) / 2);
  const middle = DAG_TOP + room / 2 - 8;
  const tops = [0, 1, 2].map((index) => middle - height / 2 + (index - 1) * step);
  const centre = SERVING.x + SERVING.width / 2;
  const last = new Set(layers.nodes.map(({ name }) => name));
  for (const { from } of layers.edges) last.delete(from);
  return [
    ...layers.nodes
      .filter(({ name }) => last.has(name))
      .map(({ column, row }) => {
        const start = left(column) + width;
        return arrow(`M${n(start)} ${n(y(row))}${bend(start, y(row), x - 1, tops[0]! + height / 2)}`);
      }),
    box(x, tops[0]!, SERVING.width - 24, height, ['Snapshot', 'Parquet']),
    box(x, tops[1]!, SERVING.width - 24, height, ['GraphQL', 'over HTTP']),
    box(x, tops[2]!, SERVING.width - 24, height, ['Page', 'any frontend']),
    ...[0, 1].map((index) => arrow(`M${n(centre)} ${n(tops[index]! + height)}V${n(tops[index + 1]! - 1)}`)),
  ];
}

function legend(y: number): string[] {
  const small = { 'font-size': 12, fill: MUTED };
  return [
    box(24, y - 11, 26, 16, []),
    label(58, y + 2, 'activity: tried again on its own', small),
    box(270, y - 11, 26, 16, [], true),
    label(304, y + 2, 'child workflow: batches of films, each with a share of the request rate', small),
  ];
}
