import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unanswerable } from '../../cli/findings.js';
import { layOut } from '../../pictures/layers.js';
import { browserModule } from './browserModule.js';

/** The page has no build step, so what it shares with the program stands twice; here both must agree. */

const page = await browserModule<{ unanswerable: typeof unanswerable }>('coverage.js');
const graph = await browserModule<{ layOut: typeof layOut }>('graph.js');

describe('the page and the program', () => {
  it('name the same questions that a source cannot answer', () => {
    const fields = ['cast', 'directors', 'budget', 'revenue', 'runtime', 'originalLanguage', 'keywords'];
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2 }), { minLength: 7, maxLength: 7 }), (known) => {
        const coverage = fields.map((field, index) => ({ field, known: known[index]! }));
        expect(page.unanswerable(coverage)).toEqual(unanswerable(coverage));
      }),
    );
  });

  it('lay a graph out alike', () => {
    const dag = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 }).map((waits) =>
      waits.map((wait, index) => ({
        name: `t${index}`,
        after: index === 0 ? [] : wait.map((one) => `t${one % index}`),
      })),
    );
    fc.assert(
      fc.property(dag, (tasks) => {
        expect(graph.layOut(tasks)).toEqual(layOut(tasks));
      }),
    );
  });
});
