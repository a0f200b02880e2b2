/* Buttons, selects, and the parts of components V2. */

import { colorOf, h, link, safeUrl } from './dom.js';
import { picture } from './embed.js';
import { markdown } from './markdown.js';
import { guild, nameOf, press } from './state.js';

const BUTTONS = ['', 'primary', 'secondary', 'success', 'danger', 'link', 'secondary'];

/** `act` takes the press and answers when the bot has; the control is off until then. */
export function renderComponents(components, act) {
  return components.map((component) => RENDERERS[component.type]?.(component, act) ?? null);
}

const emojiOf = (emoji) => (emoji ? `${emoji.name ?? ''} ` : '');

const RENDERERS = {
  1: (row, act) => h('div', { class: 'row' }, ...renderComponents(row.components, act)),
  2: (made, act) => {
    const text = `${emojiOf(made.emoji)}${made.label ?? ''}`;
    if (made.style === 5) {
      const url = safeUrl(made.url);
      return h('span', { class: 'button link' }, url ? link(url, `${text} ↗`) : text);
    }
    const onclick = (event) => hold(event.currentTarget, () => act({ kind: 'component', ...id(made) }));
    return h(
      'button',
      { type: 'button', class: `button ${BUTTONS[made.style]}`, disabled: made.disabled, onclick },
      text,
    );
  },
  3: (made, act) => renderSelect(made, made.options, act),
  5: (made, act) => renderSelect(made, people(), act),
  6: (made, act) => renderSelect(made, roles(), act),
  7: (made, act) => renderSelect(made, [...people(), ...roles()], act),
  8: (made, act) => renderSelect(made, channels(), act),
  9: (made, act) =>
    h(
      'div',
      { class: 'section' },
      h('div', {}, ...renderComponents(made.components, act)),
      ...renderComponents([made.accessory], act),
    ),
  10: (made) => h('div', { class: 'text' }, ...markdown(made.content)),
  11: (made) => picture(made.media.url, 'embed-thumb', made.description ?? ''),
  12: (made) =>
    h(
      'div',
      { class: 'gallery' },
      ...made.items.map((item) => picture(item.media.url, 'attached', item.description ?? '')),
    ),
  13: (made) => h('div', { class: 'file' }, link(made.file.url, made.file.url.split('/').at(-1))),
  14: () => h('hr'),
  17: (made, act) =>
    h(
      'div',
      { class: 'embed container', style: { borderLeftColor: colorOf(made.accent_color) ?? '' } },
      ...renderComponents(made.components, act),
    ),
};

const id = ({ custom_id }) => ({ customId: custom_id });
const people = () => guild().members.map((user) => ({ label: nameOf(user), value: user.id }));
const roles = () => guild().roles.map((role) => ({ label: role.name, value: role.id }));
const channels = () =>
  guild()
    .channels.filter(({ type }) => type !== 4)
    .map((channel) => ({ label: `# ${channel.name}`, value: channel.id }));

async function hold(control, act) {
  control.disabled = true;
  control.classList.add('busy');
  try {
    await act();
  } finally {
    control.disabled = false;
    control.classList.remove('busy');
  }
}

export function renderSelect(made, options, act) {
  const isMany = (made.max_values ?? 1) > 1;
  const defaults = made.options?.some((option) => option.default);
  const list = h(
    'select',
    {
      class: 'select',
      multiple: isMany,
      disabled: made.disabled,
      'aria-label': made.placeholder ?? made.custom_id,
    },
    isMany
      ? null
      : h(
          'option',
          { value: '', disabled: true, selected: !defaults },
          made.placeholder ?? 'Make a selection',
        ),
    ...options.map((option) =>
      h(
        'option',
        { value: option.value, selected: option.default, title: option.description },
        `${emojiOf(option.emoji)}${option.label}`,
      ),
    ),
  );
  const values = () => [...list.selectedOptions].map(({ value }) => value).filter(Boolean);
  const send = () => hold(list, () => act({ kind: 'select', ...id(made), values: values() }));
  if (!isMany) list.addEventListener('change', send);
  const apply = h('button', { type: 'button', class: 'button secondary', onclick: send }, 'Choose');
  return isMany && act ? h('div', { class: 'many' }, list, apply) : list;
}

/** The press of a component of a message; the page is told what failed. */
export const pressOf = (message, onFault, onModal) => async (what) => {
  try {
    const answer = await press({ ...what, messageId: message.id });
    if (answer.modal) onModal(answer);
  } catch (error) {
    onFault(`This interaction failed: ${error.message}`);
  }
};
