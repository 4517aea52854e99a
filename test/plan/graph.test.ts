import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycle, topologicalOrder, type Node } from '../../plan/graph.js';
import { mermaid } from '../../plan/mermaid.js';
import { readPlan } from '../../plan/read.js';
import { KNOWN, SMALL } from './plan.js';

/** DAGs: each node waits for some of those with a smaller number, and they stand in any order. */
const dag = fc
  .array(fc.array(fc.nat()), { minLength: 1, maxLength: 15 })
  .map((picks) =>
    picks.map((pick, at): Node => ({
      name: `t${at}`,
      after: at === 0 ? [] : [...new Set(pick.map((n) => `t${n % at}`))],
    })),
  )
  .chain((nodes) => fc.shuffledSubarray(nodes, { minLength: nodes.length, maxLength: nodes.length }));

describe('the order of tasks', () => {
  it('puts every task once, after all that it waits for', () => {
    fc.assert(
      fc.property(dag, (nodes) => {
        const order = topologicalOrder(nodes);
        expect([...order].sort()).toEqual(nodes.map(({ name }) => name).sort());
        for (const { name, after } of nodes)
          for (const before of after) expect(order.indexOf(before)).toBeLessThan(order.indexOf(name));
      }),
    );
  });

  it('keeps an order that is good already', () => {
    fc.assert(
      fc.property(dag, (nodes) => {
        const order = topologicalOrder(nodes);
        const sorted = order.map((name) => nodes.find((node) => node.name === name) as Node);
        expect(topologicalOrder(sorted)).toEqual(order);
      }),
    );
  });

  it('has no cycle, and finds one where an arrow is turned back', () => {
    fc.assert(
      fc.property(dag, fc.nat(), (nodes, pick) => {
        expect(findCycle(nodes)).toBeNull();
        const waiting = nodes.filter(({ after }) => after.length > 0);
        fc.pre(waiting.length > 0);
        const { name, after } = waiting[pick % waiting.length] as Node;
        const turned = nodes.map((node) =>
          node.name === after[0] ? { ...node, after: [...node.after, name] } : node,
        );
        const cycle = findCycle(turned) as string[];
        expect(cycle[0]).toBe(cycle.at(-1));
        cycle.slice(1).forEach((next, at) => {
          expect(turned.find((node) => node.name === cycle[at])?.after).toContain(next);
        });
        expect(() => topologicalOrder(turned)).toThrow('These tasks wait for each other: ');
      }),
    );
  });
});

describe('the DAG as Mermaid', () => {
  it('names every task, and draws an arrow for each that waits', () => {
    const text = mermaid(readPlan(SMALL, 'plan.yml', KNOWN));
    expect(text.split('\n')).toEqual(['flowchart LR', '  ids[ids]', '  films[films]', '  ids --> films']);
  });

  it('draws a child workflow with a double border', () => {
    const text = SMALL.replace('activity: cleanFilms', 'workflow: fetchCatalogue').replace(
      'films: { years: 10 }',
      '{}',
    );
    expect(mermaid(readPlan(text, 'plan.yml', KNOWN))).toContain('films[[films]]');
  });
});
