/**
 * A DAG in columns, after Sugiyama, Tagawa & Toda (1981): longest paths give columns, barycentres the order
 * within them, means of neighbours the rows. Arrows that others imply are left out. Pure and deterministic.
 */

export interface LayerTask {
  readonly name: string;
  readonly after: readonly string[];
}

export interface Place {
  readonly column: number;
  /** From 0; neighbours in a column stand at least 1 apart, a passing arrow takes half of that. */
  readonly row: number;
}

export interface Layers {
  readonly columns: number;
  readonly rows: number;
  readonly nodes: readonly (Place & { readonly name: string })[];
  /** `points` begin at `from` and end at `to`, one for each column between. */
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly points: readonly Place[];
  }[];
}

interface Cell {
  readonly column: number;
  readonly size: number;
  readonly before: Cell[];
  readonly next: Cell[];
  row: number;
}

const SWEEPS = 6;

export function layOut(tasks: readonly LayerTask[]): Layers {
  const after = reduced(tasks);
  const columnOf = columns(after);
  const cells = new Map<string, Cell>();
  const grid: Cell[][] = [];
  const place = (column: number, size: number): Cell => {
    const cell: Cell = { column, size, before: [], next: [], row: 0 };
    const stack = (grid[column] ??= []);
    cell.row = stack.length;
    stack.push(cell);
    return cell;
  };
  for (const name of after.keys()) cells.set(name, place(columnOf.get(name)!, 1));

  const edges: { from: string; to: string; cells: Cell[] }[] = [];
  for (const [to, befores] of after) {
    for (const from of befores) {
      const path = [cells.get(from)!];
      const end = cells.get(to)!;
      for (let column = path[0]!.column + 1; column < end.column; column++) path.push(place(column, 0.5));
      path.push(end);
      path.slice(1).forEach((cell, index) => {
        cell.before.push(path[index]!);
        path[index]!.next.push(cell);
      });
      edges.push({ from, to, cells: path });
    }
  }

  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of grid) order(column, 'before');
    for (const column of [...grid].reverse()) order(column, 'next');
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of [...grid].reverse()) settle(column, 'next');
    for (const column of grid) settle(column, 'before');
  }
  const all = grid.flat();
  const shift = all.length === 0 ? 0 : -Math.min(...all.map((cell) => cell.row));
  const at = ({ column, row }: Cell): Place => ({ column, row: row + shift });
  return {
    columns: grid.length,
    rows: all.length === 0 ? 0 : Math.max(...all.map((cell) => cell.row)) + shift + 1,
    nodes: [...cells].map(([name, cell]) => ({ name, ...at(cell) })),
    edges: edges.map(({ from, to, cells: path }) => ({ from, to, points: path.map(at) })),
  };
}

/** Without unknown names, circles' closing arrows and arrows that a longer way implies. */
function reduced(tasks: readonly LayerTask[]): Map<string, string[]> {
  const names = new Set(tasks.map((task) => task.name));
  const given = new Map<string, readonly string[]>();
  for (const task of tasks) given.set(task.name, task.after);
  const order: string[] = [];
  const open = new Set<string>();
  const kept = new Map<string, string[]>();
  const visit = (name: string): void => {
    if (kept.has(name)) return;
    open.add(name);
    const befores = [...new Set(given.get(name))].filter((one) => names.has(one));
    for (const one of befores) if (!open.has(one)) visit(one);
    kept.set(
      name,
      befores.filter((one) => !open.has(one)),
    );
    open.delete(name);
    order.push(name);
  };
  for (const name of given.keys()) visit(name);
  const ancestors = new Map<string, Set<string>>();
  for (const name of order) {
    const befores = kept.get(name)!;
    ancestors.set(name, new Set(befores.flatMap((one) => [one, ...ancestors.get(one)!])));
  }
  return new Map(
    [...given.keys()].map((name) => {
      const befores = kept.get(name)!;
      return [name, befores.filter((one) => !befores.some((other) => ancestors.get(other)!.has(one)))];
    }),
  );
}

function columns(after: ReadonlyMap<string, readonly string[]>): Map<string, number> {
  const found = new Map<string, number>();
  const column = (name: string): number => {
    const known = found.get(name);
    if (known !== undefined) return known;
    const value = Math.max(-1, ...after.get(name)!.map(column)) + 1;
    found.set(name, value);
    return value;
  };
  for (const name of after.keys()) column(name);
  return found;
}

function mean(cells: readonly Cell[], otherwise: number): number {
  return cells.length === 0 ? otherwise : cells.reduce((sum, cell) => sum + cell.row, 0) / cells.length;
}

function order(column: Cell[], side: 'before' | 'next'): void {
  const wanted = new Map(column.map((cell) => [cell, mean(cell[side], cell.row)]));
  column.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
  column.forEach((cell, index) => {
    cell.row = index - (column.length - 1) / 2;
  });
}

/** As near to the neighbours' mean as the order and the distances allow: the middle of the two one-sided fits. */
function settle(column: readonly Cell[], side: 'before' | 'next'): void {
  const wanted = column.map((cell) => mean(cell[side], cell.row));
  const apart = (index: number): number => (column[index]!.size + column[index + 1]!.size) / 2;
  const down = [...wanted];
  for (let i = 1; i < down.length; i++) down[i] = Math.max(down[i]!, down[i - 1]! + apart(i - 1));
  const up = [...wanted];
  for (let i = up.length - 2; i >= 0; i--) up[i] = Math.min(up[i]!, up[i + 1]! - apart(i));
  column.forEach((cell, index) => {
    cell.row = (down[index]! + up[index]!) / 2;
  });
}
