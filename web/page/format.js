/** Values as people read them; unknown is a dash. */

export const UNKNOWN = '–';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value) {
  return value == null ? UNKNOWN : whole.format(value);
}

export function decimal(value, digits = 2) {
  return value == null ? UNKNOWN : value.toFixed(digits);
}

/** Four significant digits at most, for numbers of any size. */
export function significant(value) {
  if (value == null) return UNKNOWN;
  const size = Math.abs(value);
  if (size >= 10_000) return whole.format(value);
  return size === 0 ? '0' : value.toFixed(Math.max(0, 3 - Math.max(0, Math.floor(Math.log10(size)))));
}

export function percent(value, digits = 0) {
  return value == null
    ? UNKNOWN
    : `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} %`;
}

/** US dollars, short: `$1.85 B`, `$20.0 M`. */
export function money(value) {
  if (value == null) return UNKNOWN;
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size >= 1e9) return `${sign}$${(size / 1e9).toFixed(2)} B`;
  if (size >= 1e6) return `${sign}$${(size / 1e6).toFixed(1)} M`;
  if (size >= 1e4) return `${sign}$${(size / 1e3).toFixed(0)} k`;
  return `${sign}$${whole.format(size)}`;
}

export function signed(value, format) {
  return value > 0 ? `+${format(value)}` : format(value).replace('-', '−');
}

/** A moment on this machine's clock. */
export function moment(iso) {
  if (iso == null) return UNKNOWN;
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? String(iso)
    : date.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

export function duration(seconds) {
  if (seconds == null) return UNKNOWN;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

/** `COMPLETED_WITH_GAPS` → `completed with gaps` */
export function words(name) {
  return String(name).toLowerCase().replaceAll('_', ' ');
}
