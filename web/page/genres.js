import { bar } from './bar.js';
import { count, percent } from './format.js';
import { genreList } from './genreList.js';
import { Section } from './section.js';
import { table } from './table.js';

export function showGenres(snapshot) {
  return new Section('genres').show(async () => {
    const genres = await genreList(snapshot);
    if (genres.length === 0) return 'No film of this snapshot has a genre.';
    const most = genres[0].movieCount;
    return table({
      caption: 'Films by genre',
      rows: genres,
      columns: [
        { head: 'Genre', cell: ({ name }) => name, rowHead: true },
        { head: '', cell: ({ movieCount }) => bar(movieCount / most), wide: true },
        { head: 'Films', cell: ({ movieCount }) => count(movieCount), number: true },
        {
          head: 'Of all',
          cell: ({ movieCount }) => percent((100 * movieCount) / snapshot.movieCount, 1),
          number: true,
        },
      ],
    });
  });
}
