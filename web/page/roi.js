import { ask } from './api.js';
import { byId } from './dom.js';
import { number, onChange, text } from './fields.js';
import { money, percent } from './format.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query Returns($minBudget: Float, $genre: String, $snapshot: ID) {
  roiRanking(minBudget: $minBudget, genre: $genre, first: 10, snapshot: $snapshot) {
    rank budget revenue roi movie { title year }
  }
}`;

export function showRoi(snapshot) {
  const section = new Section('roi');
  const form = byId('roi-form');
  const draw = () =>
    section.show(async () => {
      const { roiRanking } = await ask(QUERY, {
        minBudget: (number(form, 'minBudget') ?? 0) * 1e6,
        genre: text(form, 'genre'),
        snapshot: snapshot.id,
      });
      if ((roiRanking ?? []).length === 0) {
        return snapshot.coverage.find(({ field }) => field === 'revenue')?.known === 0
          ? 'This source knows no revenue.'
          : 'No film with such a budget has a known revenue.';
      }
      return table({
        caption: 'Films by return on budget',
        rows: roiRanking,
        columns: [
          { head: '', cell: ({ rank }) => String(rank), number: true },
          { head: 'Film', cell: ({ movie }) => `${movie.title} (${movie.year ?? '–'})`, rowHead: true },
          { head: 'Budget', cell: ({ budget }) => money(budget), number: true },
          { head: 'Revenue', cell: ({ revenue }) => money(revenue), number: true },
          { head: 'Return', cell: ({ roi }) => percent(roi), number: true },
        ],
      });
    });
  onChange(form, draw);
  return draw();
}
