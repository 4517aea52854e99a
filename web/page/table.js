import { h } from './dom.js';

/**
 * A table that scrolls sideways on narrow screens.
 * @param caption read by screen readers, not shown
 * @param columns `{ head, cell(row) → text or node, number?, right?, wide?, rowHead? }`
 */
export function table({ caption, columns, rows, label }) {
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': label ?? caption },
    h(
      'table',
      {},
      h('caption', { class: 'unseen' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map(({ head, number, right }) =>
            h('th', { scope: 'col', class: (number && 'number') || (right && 'right') }, head),
          ),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((row) =>
          h(
            'tr',
            {},
            columns.map(({ cell, number, right, rowHead, wide }) =>
              h(
                rowHead ? 'th' : 'td',
                {
                  scope: rowHead && 'row',
                  class:
                    [number && 'number', right && 'right', wide && 'fill'].filter(Boolean).join(' ') || null,
                },
                cell(row),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
