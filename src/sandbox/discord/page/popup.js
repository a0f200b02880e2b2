/* The list above the composer. */
import { h } from './dom.js';

const SHOWN_MAX = 50;
let items = [];
let at = 0;
const popup = () => document.getElementById('popup');

export const popupIsOpen = () => !popup().hidden && items.length > 0;

/** Items are `{label, hint?, extra?, pick}`. Without items the title alone is shown. */
export function showPopup(list, title) {
  items = list.slice(0, SHOWN_MAX);
  at = 0;
  popup().replaceChildren(
    h('div', { class: 'popup-title' }, title),
    ...items.map((item, index) =>
      h(
        'div',
        {
          ...{ class: 'choice', role: 'option', 'aria-selected': index === 0 ? 'true' : 'false' },
          // Before the click takes the focus from the option that is typed in.
          onmousedown: (event) => {
            event.preventDefault();
            item.pick();
          },
        },
        h('div', {}, h('b', {}, item.label), item.extra ? h('span', { class: 'extra' }, item.extra) : null),
        item.hint ? h('small', {}, item.hint) : null,
      ),
    ),
  );
  popup().hidden = false;
}

export function hidePopup() {
  items = [];
  popup().hidden = true;
}

export function pickPopup() {
  items[at]?.pick();
}

/** Arrow keys; true when the key was one. */
export function movePopup(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || items.length === 0) return false;
  event.preventDefault();
  at = (at + step + items.length) % items.length;
  for (const [index, node] of popup().querySelectorAll('.choice').entries()) {
    node.setAttribute('aria-selected', String(index === at));
    if (index === at) node.scrollIntoView({ block: 'nearest' });
  }
  return true;
}
