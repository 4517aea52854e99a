import { ask } from './api.js';
import { h } from './dom.js';

/** The snapshot's genres, asked once for all the places that offer them. */

const asked = new Map();

export function genreList(snapshot) {
  if (!asked.has(snapshot.id)) {
    const list = ask('query Genres($snapshot: ID) { genres(snapshot: $snapshot) { name movieCount } }', {
      snapshot: snapshot.id,
    }).then(({ genres }) => genres ?? []);
    list.catch(() => asked.delete(snapshot.id));
    asked.set(snapshot.id, list);
  }
  return asked.get(snapshot.id);
}

/** Fills every genre select of the page, keeping what is chosen. */
export async function offerGenres(snapshot) {
  const genres = await genreList(snapshot);
  for (const select of document.querySelectorAll('select[data-genre-select]')) {
    const chosen = select.value;
    select.replaceChildren(
      h('option', { value: '' }, 'any'),
      ...genres.map(({ name }) => h('option', { value: name }, name)),
    );
    select.value = genres.some(({ name }) => name === chosen) ? chosen : '';
  }
}

/** Check boxes in a fieldset; with `most`, further ones are off once so many are chosen. */
export function genreChoices(fieldset, genres, chosen, most = Infinity) {
  const options = fieldset.querySelector('.options');
  options.replaceChildren(
    ...genres.map(({ name }) =>
      h(
        'label',
        { class: 'check' },
        h('input', { type: 'checkbox', name: 'genres', value: name, checked: chosen.includes(name) }),
        ` ${name}`,
      ),
    ),
  );
  const limit = () => {
    const boxes = [...options.querySelectorAll('input')];
    const full = boxes.filter((box) => box.checked).length >= most;
    for (const box of boxes) box.disabled = full && !box.checked;
  };
  options.onchange = limit;
  limit();
}

export function chosenGenres(fieldset) {
  return [...fieldset.querySelectorAll('input:checked')].map((box) => box.value);
}
