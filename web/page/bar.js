import { s } from './dom.js';

/** A bar as wide as its cell; `part` from 0 to 1. The number stands beside it in the table. */
export function bar(part) {
  return s(
    'svg',
    { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { width: Math.max(0.5, 100 * Math.min(1, part)), height: 10 }),
  );
}

/** A bar to the left (less) or right (more) of the middle; `part` from -1 to 1. */
export function balance(part) {
  const size = 50 * Math.min(1, Math.abs(part));
  return s(
    'svg',
    { class: 'bar', viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    s('rect', { class: 'axis', x: 49.7, width: 0.6, height: 10 }),
    s('rect', { class: part < 0 ? 'less' : 'more', x: part < 0 ? 50 - size : 50, width: size, height: 10 }),
  );
}
