import { nodesOf } from './read.js';
import type { Plan } from './schema.js';

/** The DAG as Mermaid's flowchart text. https://mermaid.js.org/syntax/flowchart.html */
export function mermaid(plan: Plan): string {
  const nodes = nodesOf(plan);
  const shapes = nodes.map(({ name }) =>
    plan.tasks[name]?.workflow === undefined ? `  ${name}[${name}]` : `  ${name}[[${name}]]`,
  );
  const arrows = nodes.flatMap(({ name, after }) => after.map((before) => `  ${before} --> ${name}`));
  return ['flowchart LR', ...shapes, ...arrows].join('\n');
}
