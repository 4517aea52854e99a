import { ask } from './api.js';
import { h } from './dom.js';
import { Section } from './section.js';

const TYPE = 'kind name ofType { kind name ofType { kind name ofType { kind name } } }';
const INPUT = `name description defaultValue type { ${TYPE} }`;
const QUERY = `query Schema {
  __schema {
    queryType { name } mutationType { name } subscriptionType { name }
    types {
      kind name description
      fields { name description args { ${INPUT} } type { ${TYPE} } }
      inputFields { ${INPUT} }
      enumValues { name description }
    }
  }
}`;

/** Types, fields and descriptions by introspection, with a search over all of them. */
export function showDocs() {
  return new Section('docs').show(async () => {
    let schema;
    try {
      ({ __schema: schema } = await ask(QUERY));
    } catch (error) {
      if (error.code === 'NETWORK') throw error;
      return `This server does not tell its schema: ${error.message}`;
    }
    const roots = [schema.queryType, schema.mutationType, schema.subscriptionType].flatMap(
      (one) => one?.name ?? [],
    );
    const types = schema.types
      .filter(({ name }) => !name.startsWith('__'))
      .sort((a, b) => rank(roots, a.name) - rank(roots, b.name) || a.name.localeCompare(b.name));
    return browser(types);
  });
}

function rank(roots, name) {
  const place = roots.indexOf(name);
  return place === -1 ? roots.length : place;
}

function browser(types) {
  const search = h('input', {
    type: 'search',
    placeholder: 'type, field or description',
    autocomplete: 'off',
  });
  const list = h('ul', {});
  const detail = h('div', { 'aria-live': 'polite' });
  const open = (name) => {
    const type = types.find((one) => one.name === name);
    if (type) detail.replaceChildren(...description(type, open));
  };
  const filter = () => {
    const wanted = search.value.trim().toLowerCase();
    const called = ({ name }) => name.toLowerCase().includes(wanted);
    const found = types
      .filter((type) => wanted === '' || words(type).includes(wanted))
      .sort((a, b) => (wanted === '' ? 0 : Number(called(b)) - Number(called(a))));
    list.replaceChildren(
      ...found.map(({ name }) =>
        h('li', {}, h('button', { type: 'button', class: 'link', click: () => open(name) }, name)),
      ),
    );
    if (found.length > 0) open(found[0].name);
    else detail.replaceChildren(h('p', { class: 'notice' }, 'No type, field or description has that.'));
  };
  search.oninput = filter;
  filter();
  return h('div', { class: 'docs' }, h('div', {}, h('label', {}, 'Search', search), list), detail);
}

function words({ name, description: text, fields, inputFields, enumValues }) {
  const members = [...(fields ?? []), ...(inputFields ?? []), ...(enumValues ?? [])];
  return [name, text, ...members.flatMap((one) => [one.name, one.description])].join(' ').toLowerCase();
}

function description({ name, kind, description: text, fields, inputFields, enumValues }, open) {
  return [
    h('h3', {}, name, h('span', { class: 'tag' }, kind.toLowerCase().replace('_', ' '))),
    text ? h('p', {}, text) : null,
    h(
      'dl',
      {},
      (fields ?? inputFields ?? []).map((field) => [
        h('dt', {}, field.name, ': ', typeLink(field.type, open), byDefault(field)),
        field.description ? h('dd', {}, field.description) : null,
        (field.args ?? []).map((argument) =>
          h(
            'dd',
            { class: 'argument' },
            h('code', {}, argument.name, ': ', typeLink(argument.type, open), byDefault(argument)),
            argument.description ? ` ${argument.description}` : null,
          ),
        ),
      ]),
      (enumValues ?? []).map((value) => [
        h('dt', {}, value.name),
        value.description ? h('dd', {}, value.description) : null,
      ]),
    ),
  ].filter(Boolean);
}

function byDefault({ defaultValue }) {
  return defaultValue == null ? null : ` = ${defaultValue}`;
}

function typeLink(type, open) {
  if (type.kind === 'NON_NULL') return [typeLink(type.ofType, open), '!'];
  if (type.kind === 'LIST') return ['[', typeLink(type.ofType, open), ']'];
  return h('button', { type: 'button', class: 'link', click: () => open(type.name) }, type.name);
}
