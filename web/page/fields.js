/** What a form's fields hold, as the API takes it: an empty field is null. */

export function text(form, name) {
  const value = form.elements[name].value.trim();
  return value === '' ? null : value;
}

export function number(form, name) {
  const value = text(form, name);
  return value === null || !Number.isFinite(Number(value)) ? null : Number(value);
}

export function whole(form, name) {
  const value = number(form, name);
  return value === null ? null : Math.trunc(value);
}

/** `a, b` → ['a', 'b']; null when there is none. */
export function list(form, name) {
  const values = form.elements[name].value
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  return values.length === 0 ? null : values;
}

/** Calls `act` on a change and on Enter, never navigates. */
export function onChange(form, act) {
  form.onchange = act;
  form.onsubmit = (event) => {
    event.preventDefault();
    act();
  };
}
