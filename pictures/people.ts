import {
  ACCENT,
  BODY_TOP,
  count,
  fit,
  label,
  line,
  missing,
  MUTED,
  picture,
  rectangle,
  WIDTH,
} from './svg.js';

export interface PeoplePicture {
  /** null = all years. */
  readonly year: number | null;
  readonly role: 'ACTOR' | 'DIRECTOR';
  /** In ranked order. */
  readonly people: readonly { readonly name: string; readonly movieCount: number }[];
  readonly catalogue: string;
  readonly synthetic: boolean;
}

const SHOWN = 20;
const ROW = 28;
const NAMES = 250;
const BAR_END = WIDTH - 90;

/** Bars of the people with the most films, at most 20. Returns SVG text. */
export function peoplePicture({ year, role, people, catalogue, synthetic }: PeoplePicture): string {
  const when = year === null ? 'of all years' : `of ${year}`;
  const frame = {
    title: `${role === 'ACTOR' ? 'Who appeared in' : 'Who directed'} the most films ${when}`,
    subtitle: `Released films of catalogue ${catalogue}; a person listed twice in a film counts once`,
    synthetic,
  };
  const shown = people.filter(({ movieCount }) => Number.isFinite(movieCount)).slice(0, SHOWN);
  if (shown.length === 0) {
    const what = role === 'ACTOR' ? 'cast' : 'director';
    return missing(frame, `No film ${when} in this catalogue has a known ${what}.`);
  }
  const most = Math.max(1, ...shown.map(({ movieCount }) => movieCount));
  const top = BODY_TOP + 8;
  return picture({
    ...frame,
    height: top + shown.length * ROW + 24,
    body: [
      line(NAMES, top - 4, NAMES, top + shown.length * ROW),
      ...shown.map(({ name, movieCount }, index) => {
        const y = top + index * ROW;
        const width = Math.max(1, ((BAR_END - NAMES) * Math.max(0, movieCount)) / most);
        return [
          label(36, y + 17, String(index + 1), { 'font-size': 12, fill: MUTED, 'text-anchor': 'end' }),
          label(NAMES - 10, y + 17, fit(name, NAMES - 60, 14), { 'text-anchor': 'end' }),
          rectangle(NAMES, y + 2, width, ROW - 8, { fill: ACCENT }),
          label(NAMES + width + 8, y + 17, count(movieCount), { fill: MUTED }),
        ].join('');
      }),
    ],
  });
}
