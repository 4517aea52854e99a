/** Small blocks of standalone SVG text. The same input gives the same bytes: fixed digits, no clock, no locale. */

export const WIDTH = 960;

export const INK = '#1f2328';
export const MUTED = '#59636e';
export const LINE = '#d1d5da';
export const ACCENT = '#1f6f9f';
export const PALE = '#a9cbe0';
const WARN = '#a8470f';

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text for XML content and attribute values; what XML 1.0 cannot carry becomes U+FFFD. https://www.w3.org/TR/xml/#charsets */
export function escapeXml(text: string): string {
  return text
    .toWellFormed()

    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** A coordinate or length with one digit at most, never `-0`. */
function coordinate(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return Number.isFinite(rounded) ? String(rounded === 0 ? 0 : rounded) : '0';
}

/** `children` are markup already; attribute values are escaped here. */
export function element(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? coordinate(value) : escapeXml(value!)}"`)
    .join('');
  const content = children.join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A line of text; `content` is plain text. */
export function label(x: number, y: number, content: string, attributes: Attributes = {}): string {
  return element('text', { x, y, 'font-size': 14, fill: INK, ...attributes }, escapeXml(content));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke: LINE, ...attributes });
}

export function rectangle(
  x: number,
  y: number,
  width: number,
  height: number,
  attributes: Attributes = {},
): string {
  return element('rect', { x, y, width, height, ...attributes });
}

/** Shortens text to about `width` pixels; letters count 0.56 em, wide scripts a whole one. */
export function fit(text: string, width: number, fontSize: number): string {
  const room = width / fontSize;
  let used = 0;
  const kept: string[] = [];
  for (const letter of text) {
    used += letter.codePointAt(0)! >= 0x1100 ? 1 : 0.56;
    if (used > room) return `${kept.slice(0, -1).join('').trimEnd()}…`;
    kept.push(letter);
  }
  return text;
}

/** 12345 → `12,345` */
export function count(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

export interface PictureFrame {
  readonly height: number;
  readonly title: string;
  /** One sentence under the title, which a screen reader reads as the description too. */
  readonly subtitle: string;
  readonly synthetic: boolean;
  /** Markup below the title; y starts at 84. */
  readonly body: readonly string[];
}

export const BODY_TOP = 84;

/** A whole picture on white, so that it reads on dark pages too. */
export function picture({ height, title, subtitle, synthetic, body }: PictureFrame): string {
  const description = synthetic ? `Synthetic data, not real films. ${subtitle}` : subtitle;
  const badge = synthetic
    ? [
        rectangle(WIDTH - 168, 20, 144, 26, { rx: 4, fill: WARN }),
        label(WIDTH - 96, 38, 'SYNTHETIC DATA', {
          fill: '#ffffff',
          'font-weight': 600,
          'text-anchor': 'middle',
        }),
      ]
    : [];
  return `${element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${WIDTH} ${coordinate(height)}`,
      width: WIDTH,
      height,
      role: 'img',
      'aria-labelledby': 'title description',
      'font-family': "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
    },
    '\n',
    element('title', { id: 'title' }, escapeXml(title)),
    '\n',
    element('desc', { id: 'description' }, escapeXml(description)),
    '\n',
    rectangle(0, 0, WIDTH, height, { fill: '#ffffff' }),
    '\n',
    label(24, 40, fit(title, synthetic ? WIDTH - 220 : WIDTH - 48, 22), {
      'font-size': 22,
      'font-weight': 600,
    }),
    '\n',
    label(24, 64, fit(subtitle, WIDTH - 48, 13), { 'font-size': 13, fill: MUTED }),
    '\n',
    [...badge, ...body].join('\n'),
    '\n',
  )}\n`;
}

/** A picture of what is missing, in place of an empty chart. */
export function missing(frame: Omit<PictureFrame, 'height' | 'body'>, sentence: string): string {
  const y = BODY_TOP + 16;
  return picture({
    ...frame,
    height: y + 104,
    body: [
      rectangle(24, y, WIDTH - 48, 72, { rx: 6, fill: '#f6f8fa', stroke: LINE }),
      label(WIDTH / 2, y + 42, fit(sentence, WIDTH - 96, 15), {
        'font-size': 15,
        fill: MUTED,
        'text-anchor': 'middle',
      }),
    ],
  });
}
