/**
 * A DAG in columns: longest paths give columns, barycentres the order, means of neighbours the rows; arrows that
 * others imply are left out. The same layout as pictures/layers.ts, which cannot be loaded here without a build.
 */
export function layOut(tasks) {
  const after = reduced(tasks);
  const columnOf = columns(after);
  const cells = new Map();
  const grid = [];
  const place = (column, size) => {
    const stack = (grid[column] ??= []);
    const cell = { column, size, before: [], next: [], row: stack.length };
    stack.push(cell);
    return cell;
  };
  for (const name of after.keys()) cells.set(name, place(columnOf.get(name), 1));
  const edges = [];
  for (const [to, befores] of after) {
    for (const from of befores) {
      const path = [cells.get(from)];
      const end = cells.get(to);
      for (let column = path[0].column + 1; column < end.column; column++) path.push(place(column, 0.5));
      path.push(end);
      path.slice(1).forEach((cell, index) => {
        cell.before.push(path[index]);
        path[index].next.push(cell);
      });
      edges.push({ from, to, cells: path });
    }
  }
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const column of grid) order(column, 'before');
    for (const column of [...grid].reverse()) order(column, 'next');
  }
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const column of [...grid].reverse()) settle(column, 'next');
    for (const column of grid) settle(column, 'before');
  }
  const rows = grid.flat().map((cell) => cell.row);
  const shift = rows.length === 0 ? 0 : -Math.min(...rows);
  const at = ({ column, row }) => ({ column, row: row + shift });
  return {
    columns: grid.length,
    rows: rows.length === 0 ? 0 : Math.max(...rows) + shift + 1,
    nodes: [...cells].map(([name, cell]) => ({ name, ...at(cell) })),
    edges: edges.map(({ from, to, cells: path }) => ({ from, to, points: path.map(at) })),
  };
}

function reduced(tasks) {
  const given = new Map(tasks.map(({ name, after }) => [name, after]));
  const order = [];
  const open = new Set();
  const kept = new Map();
  const visit = (name) => {
    if (kept.has(name)) return;
    open.add(name);
    const befores = [...new Set(given.get(name))].filter((one) => given.has(one));
    for (const one of befores) if (!open.has(one)) visit(one);
    kept.set(
      name,
      befores.filter((one) => !open.has(one)),
    );
    open.delete(name);
    order.push(name);
  };
  for (const name of given.keys()) visit(name);
  const ancestors = new Map();
  for (const name of order) {
    ancestors.set(name, new Set(kept.get(name).flatMap((one) => [one, ...ancestors.get(one)])));
  }
  return new Map(
    [...given.keys()].map((name) => {
      const befores = kept.get(name);
      return [name, befores.filter((one) => !befores.some((other) => ancestors.get(other).has(one)))];
    }),
  );
}

function columns(after) {
  const found = new Map();
  const column = (name) => {
    if (!found.has(name)) found.set(name, Math.max(-1, ...after.get(name).map(column)) + 1);
    return found.get(name);
  };
  for (const name of after.keys()) column(name);
  return found;
}

function mean(cells, otherwise) {
  return cells.length === 0 ? otherwise : cells.reduce((sum, { row }) => sum + row, 0) / cells.length;
}

function order(column, side) {
  const wanted = new Map(column.map((cell) => [cell, mean(cell[side], cell.row)]));
  column.sort((a, b) => wanted.get(a) - wanted.get(b));
  column.forEach((cell, index) => {
    cell.row = index - (column.length - 1) / 2;
  });
}

function settle(column, side) {
  const wanted = column.map((cell) => mean(cell[side], cell.row));
  const apart = (index) => (column[index].size + column[index + 1].size) / 2;
  const down = [...wanted];
  for (let i = 1; i < down.length; i++) down[i] = Math.max(down[i], down[i - 1] + apart(i - 1));
  const up = [...wanted];
  for (let i = up.length - 2; i >= 0; i--) up[i] = Math.min(up[i], up[i + 1] - apart(i));
  column.forEach((cell, index) => {
    cell.row = (down[index] + up[index]) / 2;
  });
}
