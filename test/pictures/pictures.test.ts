import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecastPicture } from '../../pictures/forecast.js';
import { peoplePicture } from '../../pictures/people.js';
import { escapeXml, fit } from '../../pictures/svg.js';
import { systemPicture } from '../../pictures/system.js';

const text = fc.string({ unit: 'binary', maxLength: 40 });

/** Throws where tags do not close, an attribute is unquoted or a character is not XML's. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  const tag = /<(\/?)([a-z]\w*)((?: [\w:-]+="[^"<]*")*)(\/?)>|([^<]+)/giy;
  while (tag.lastIndex < svg.length) {
    const at = tag.lastIndex;
    const match = tag.exec(svg);
    if (match === null) throw new Error(`no XML at ${svg.slice(at, at + 60)}`);
    const [, closing, name, attributes, empty, content] = match;

    const bad = /&(?!(amp|lt|gt|quot|#39);)|[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;
    if (bad.test(attributes ?? '') || bad.test(content ?? '')) throw new Error(`not escaped: ${match[0]}`);
    if (name === undefined || empty === '/') continue;
    if (closing === '/') {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else open.push(name);
  }
  return open.length === 0 && svg.startsWith('<svg ');
}

describe('text in a picture', () => {
  it('reads back as it was, whatever it holds', () => {
    const back = (xml: string): string =>
      xml
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&#39;', "'")
        .replaceAll('&amp;', '&');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (given) => {
        expect(back(escapeXml(given))).toBe(given);
      }),
    );
  });

  it('replaces what XML cannot carry', () => {
    expect(escapeXml('a\u0000b\ud800c')).toBe('a\ufffdb\ufffdc');
  });

  it('is shortened to its room', () => {
    expect(fit('Mystery', 100, 14)).toBe('Mystery');
    expect(fit('A name much longer than its room', 100, 14)).toMatch(/^A name.*…$/);
  });
});

const finite = fc.double({ noNaN: false });

describe('pictures', () => {
  it('are well-formed and the same each time, whatever the names and numbers', () => {
    const people = fc.record({
      year: fc.option(fc.integer()),
      role: fc.constantFrom('ACTOR' as const, 'DIRECTOR' as const),
      people: fc.array(fc.record({ name: text, movieCount: fc.nat() }), { maxLength: 30 }),
      catalogue: text,
      synthetic: fc.boolean(),
    });
    fc.assert(
      fc.property(people, (given) => {
        const drawn = peoplePicture(given);
        expect(wellFormed(drawn)).toBe(true);
        expect(peoplePicture(structuredClone(given))).toBe(drawn);
        expect(drawn.includes('SYNTHETIC DATA')).toBe(
          given.synthetic || given.catalogue.includes('SYNTHETIC'),
        );
      }),
    );
    const forecast = fc.record({
      year: fc.integer(),
      model: text,
      entries: fc.array(
        fc.record({
          genre: text,
          index: finite,
          lower: finite,
          upper: finite,
          lower95: finite,
          upper95: finite,
        }),
        { maxLength: 30 },
      ),
      catalogue: text,
      synthetic: fc.boolean(),
    });
    fc.assert(
      fc.property(forecast, (given) => {
        const drawn = forecastPicture(given);
        expect(wellFormed(drawn)).toBe(true);
        expect(drawn).not.toMatch(/="(NaN|-?Infinity)"/);
        expect(forecastPicture(structuredClone(given))).toBe(drawn);
      }),
    );
  });

  it('say what is missing instead of showing an empty chart', () => {
    const none = { catalogue: 'sample', synthetic: false };
    expect(peoplePicture({ ...none, year: 2010, role: 'ACTOR', people: [] })).toContain(
      'No film of 2010 in this catalogue has a known cast.',
    );
    expect(forecastPicture({ ...none, year: 2011, model: 'm', entries: [] })).toContain(
      'No forecast for 2011',
    );
    expect(systemPicture([])).toContain('No task is declared.');
  });

  it('show a person and their number', () => {
    const drawn = peoplePicture({
      year: 2023,
      role: 'ACTOR',
      people: [{ name: 'Eric <Roberts> & "Co"', movieCount: 1046 }],
      catalogue: 'tmdb',
      synthetic: false,
    });
    expect(drawn).toContain('Eric &lt;Roberts&gt; &amp; &quot;Co&quot;');
    expect(drawn).toContain('>1,046<');
    expect(drawn).toContain('role="img"');
  });
});
