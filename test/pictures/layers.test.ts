import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut } from '../../pictures/layers.js';
import { systemPicture } from '../../pictures/system.js';

/** Any DAG: a task waits only for tasks that were declared before it. */
const dag = fc.array(fc.array(fc.nat(), { maxLength: 4 }), { maxLength: 12 }).map((waits) =>
  waits.map((wait, index) => ({
    name: `t${index}`,
    after: index === 0 ? [] : [...new Set(wait.map((one) => `t${one % index}`))],
    kind: index % 5 === 1 ? ('workflow' as const) : ('activity' as const),
  })),
);

describe('a DAG in columns', () => {
  it('puts every task right of all that it waits for', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const column = new Map(layOut(tasks).nodes.map((node) => [node.name, node.column]));
        for (const { name, after } of tasks) {
          for (const before of after) expect(column.get(before)).toBeLessThan(column.get(name)!);
        }
      }),
    );
  });

  it('keeps neighbours apart and inside its rows', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const { nodes, rows } = layOut(tasks);
        for (const a of nodes) {
          expect(a.row).toBeGreaterThanOrEqual(0);
          // (most + 1) − 1 may be a last bit less than the most.
          expect(a.row).toBeLessThanOrEqual(rows - 1 + 1e-9);
          for (const b of nodes) {
            if (a === b || a.column !== b.column) continue;
            expect(Math.abs(a.row - b.row)).toBeGreaterThan(0.999);
          }
        }
      }),
    );
  });

  it('leaves out arrows that others imply', () => {
    const edges = layOut([
      { name: 'ids', after: [] },
      { name: 'documents', after: ['ids'] },
      { name: 'films', after: ['ids', 'documents'] },
    ]).edges.map(({ from, to }) => `${from} ${to}`);
    expect(edges).toEqual(['ids documents', 'documents films']);
  });

  it('draws tasks that wait for each other or for nobody rather than fail', () => {
    const circle = layOut([
      { name: 'a', after: ['b'] },
      { name: 'b', after: ['a', 'nobody'] },
    ]);
    expect(circle.nodes.map((node) => node.name)).toEqual(['a', 'b']);
    expect(circle.edges).toHaveLength(1);
  });

  it('gives a picture with every task, the same each time', () => {
    fc.assert(
      fc.property(dag, (tasks) => {
        const drawn = systemPicture(tasks);
        for (const { name } of tasks) expect(drawn).toContain(`>${name}<`);
        expect(systemPicture(structuredClone(tasks))).toBe(drawn);
      }),
      { numRuns: 50 },
    );
  });
});
