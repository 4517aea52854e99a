/** The DAG's order. Pure. */

export interface Node {
  readonly name: string;
  readonly after: readonly string[];
}

/** A cycle as its names in order, the first repeated at the end; null when there is none. */
export function findCycle(nodes: readonly Node[]): string[] | null {
  const after = new Map(nodes.map((node) => [node.name, node.after]));
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (name: string): string[] | null => {
    if (state.get(name) === 'done' || !after.has(name)) return null;
    if (state.get(name) === 'open') return [...path.slice(path.indexOf(name)), name];
    state.set(name, 'open');
    path.push(name);
    for (const before of after.get(name) ?? []) {
      const cycle = visit(before);
      if (cycle !== null) return cycle;
    }
    path.pop();
    state.set(name, 'done');
    return null;
  };
  for (const { name } of nodes) {
    const cycle = visit(name);
    if (cycle !== null) return cycle;
  }
  return null;
}

/**
 * Names so that each stands after all that it waits for; among those that could come next, the file's order.
 * @throws Error when there is a cycle.
 */
export function topologicalOrder(nodes: readonly Node[]): string[] {
  const cycle = findCycle(nodes);
  if (cycle !== null) throw new Error(`These tasks wait for each other: ${cycle.join(' → ')}`);
  const order: string[] = [];
  const placed = new Set<string>();
  while (order.length < nodes.length) {
    const next = nodes.find((node) => !placed.has(node.name) && node.after.every((name) => placed.has(name)));
    if (next === undefined) throw new Error('A task waits for one that does not exist');
    placed.add(next.name);
    order.push(next.name);
  }
  return order;
}
