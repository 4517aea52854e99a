import { failureOf } from './api.js';
import { byId, h } from './dom.js';

/** One part of the page: it fails alone, and `data-state` says how it stands: loading, ready, empty or error. */
export class Section {
  #turn = 0;

  constructor(id) {
    this.root = byId(id);
    this.body = this.root.querySelector('.body');
  }

  /** Shows what `load` resolves to; `null` or a string means empty. A newer call wins over an older answer. */
  async show(load) {
    const turn = ++this.#turn;
    this.#state('loading');
    try {
      const content = await load();
      if (turn !== this.#turn) return;
      if (content === null || typeof content === 'string') this.empty(content ?? 'Nothing to show.');
      else this.ready(content);
    } catch (error) {
      if (turn === this.#turn) this.fail(error);
    }
  }

  ready(content) {
    this.body.replaceChildren(...[content].flat(3).filter(Boolean));
    this.#state('ready');
  }

  empty(sentence) {
    this.body.replaceChildren(h('p', { class: 'notice' }, sentence));
    this.#state('empty');
  }

  fail(error) {
    this.body.replaceChildren(trouble(error));
    this.#state(failureOf(error).isAbsence ? 'empty' : 'error');
  }

  #state(state) {
    this.root.dataset.state = state;
    this.root.setAttribute('aria-busy', String(state === 'loading'));
  }
}

/** An error in words: what it means, then what the server said. */
export function trouble(error) {
  const failure = failureOf(error);
  return h(
    'p',
    { class: failure.isAbsence ? 'notice' : 'notice trouble' },
    failure.sentence,
    failure.message ? h('span', { class: 'detail' }, ` ${failure.message}`) : null,
  );
}
