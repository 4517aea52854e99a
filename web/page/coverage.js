/** Questions and the fields they need; the same list as the terminal's findings. */
const NEEDS = [
  { question: 'who appeared in the most films', fields: ['cast'] },
  { question: 'who directed the most films', fields: ['directors'] },
  { question: 'which films earned their budget many times over', fields: ['budget', 'revenue'] },
  { question: 'how runtime bears on a rating', fields: ['runtime'] },
  { question: 'films by original language', fields: ['originalLanguage'] },
  { question: 'films by keyword', fields: ['keywords'] },
];

/** Questions whose fields this snapshot has for no film at all. */
export function unanswerable(coverage) {
  const known = new Map(coverage.map(({ field, known: films }) => [field, films]));
  return NEEDS.flatMap(({ question, fields }) => {
    const missing = fields.filter((field) => known.get(field) === 0);
    return missing.length === 0 ? [] : [`${question} (no ${missing.join(', no ')})`];
  });
}
