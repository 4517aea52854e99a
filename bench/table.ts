/** A Markdown table; numbers to the right. */
export function table(columns: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const right = columns.map((_, at) => rows.length > 0 && rows.every((row) => typeof row[at] === 'number'));
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en-US', { maximumFractionDigits: 2 }) : cell)).join(' | ')} |`;
  return [line(columns), line(right.map((yes) => (yes ? '---:' : '---'))), ...rows.map(line)].join('\n');
}

export function round(value: number, digits: number): number {
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}

/** The middle one of some values, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
