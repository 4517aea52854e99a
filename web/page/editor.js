/** Tab indents by two spaces, Shift-Tab takes them back; after Escape, Tab leaves the field as usual. */
export function indentWithTab(field) {
  let leaving = false;
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      leaving = true;
      return;
    }
    if (event.key !== 'Tab' || leaving) {
      if (event.key !== 'Shift') leaving = false;
      return;
    }
    event.preventDefault();
    const { selectionStart: start, selectionEnd: end, value } = field;
    const first = value.lastIndexOf('\n', start - 1) + 1;
    if (!event.shiftKey && start === end) {
      field.setRangeText('  ', start, end, 'end');
      return;
    }
    const lines = value.slice(first, end).split('\n');
    const changed = lines.map((line) => (event.shiftKey ? line.replace(/^ {1,2}/, '') : `  ${line}`));
    field.setRangeText(changed.join('\n'), first, end, start === end ? 'end' : 'select');
  });
  field.addEventListener('blur', () => {
    leaving = false;
  });
}
