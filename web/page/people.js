import { ask } from './api.js';
import { bar } from './bar.js';
import { byId, h } from './dom.js';
import { onChange, text, whole } from './fields.js';
import { count } from './format.js';
import { Section } from './section.js';
import { table } from './table.js';

const QUERY = `query People($role: PersonRole!, $year: Int, $genre: String, $snapshot: ID) {
  people(role: $role, year: $year, genre: $genre, first: 10, snapshot: $snapshot) {
    rank name movieCount person { id }
  }
}`;

/** `choose({ id, name })` is called when a reader picks a person. */
export function showPeople(snapshot, choose) {
  const section = new Section('people');
  const form = byId('people-form');
  if (form.elements.year.value === '' && !form.dataset.touched && snapshot.dataYear !== null) {
    form.elements.year.value = snapshot.dataYear;
  }
  // A source without a cast can still say who directed.
  if (!form.dataset.touched && known(snapshot, 'cast') === 0 && known(snapshot, 'directors') > 0) {
    form.elements.role.value = 'DIRECTOR';
  }
  const load = async () => {
    const { people } = await ask(QUERY, {
      role: form.elements.role.value,
      year: whole(form, 'year'),
      genre: text(form, 'genre'),
      snapshot: snapshot.id,
    });
    return people;
  };
  const draw = () =>
    section.show(async () => {
      let people = await load();
      // In a small source nobody made two films in the last year: all years say more.
      if (!form.dataset.touched && people?.[0]?.movieCount === 1 && form.elements.year.value !== '') {
        form.elements.year.value = '';
        people = await load();
      }
      if ((people ?? []).length === 0) return nobody(form, snapshot);
      return table({
        caption: 'People by number of films',
        rows: people,
        columns: [
          { head: '', cell: ({ rank }) => String(rank), number: true },
          {
            head: 'Name',
            rowHead: true,
            cell: ({ name, person }) =>
              h(
                'button',
                {
                  type: 'button',
                  class: 'link',
                  title: `Films of ${name}`,
                  click: () => choose({ id: person.id, name }),
                },
                name,
              ),
          },
          { head: '', cell: ({ movieCount }) => bar(movieCount / people[0].movieCount), wide: true },
          { head: 'Films', cell: ({ movieCount }) => count(movieCount), number: true },
        ],
      });
    });
  onChange(form, () => {
    form.dataset.touched = 'yes';
    return draw();
  });
  return draw();
}

function nobody(form, { coverage }) {
  const field = form.elements.role.value === 'ACTOR' ? 'cast' : 'directors';
  return known({ coverage }, field) === 0
    ? `This source knows no ${field}.`
    : 'No film of that choice names anybody.';
}

function known({ coverage }, field) {
  return coverage.find((one) => one.field === field)?.known;
}
