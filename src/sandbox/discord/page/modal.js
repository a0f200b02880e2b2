/* A modal as a dialog: text inputs, selects and texts, each in a row or under a label. */
import { renderSelect } from './components.js';
import { h } from './dom.js';
import { markdown } from './markdown.js';
import { press } from './state.js';

const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;

export function showModal({ id, modal }, onFault) {
  const dialog = document.getElementById('modal');
  const fields = new Map();
  const parts = modal.components.map((component) => {
    if (component.type === TEXT_DISPLAY) return h('div', { class: 'text' }, ...markdown(component.content));
    const field = component.type === LABEL ? component.component : component.components[0];
    const label = component.type === LABEL ? component.label : field.label;
    const control =
      field.type === TEXT_INPUT ? textInput(field) : renderSelect(field, field.options ?? [], null);
    fields.set(field.custom_id, { field, control });
    const star = field.required === false ? null : h('span', { class: 'star' }, ' *');
    const hint = component.description ? h('small', {}, component.description) : null;
    return h('label', { class: 'modal-field' }, h('span', {}, label, star), hint, control);
  });
  const close = () => dialog.close();
  const form = h(
    'form',
    { method: 'dialog' },
    h('h2', {}, modal.title),
    ...parts,
    h(
      'footer',
      {},
      h('button', { type: 'button', class: 'button link', onclick: close }, 'Cancel'),
      h('button', { type: 'submit', class: 'button primary' }, 'Submit'),
    ),
  );
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const answer = await press({ kind: 'modal', interactionId: id, values: readFields(fields) });
      dialog.close();
      if (answer.modal) showModal(answer, onFault);
    } catch (error) {
      onFault(error.message);
      dialog.close();
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
}

function textInput(field) {
  const tag = field.style === 2 ? 'textarea' : 'input';
  const control = h(tag, {
    name: field.custom_id,
    placeholder: field.placeholder,
    required: field.required !== false,
    minlength: field.min_length,
    maxlength: field.max_length ?? 4000,
  });
  control.value = field.value ?? '';
  return control;
}

function readFields(fields) {
  const entries = [...fields].map(([id, { field, control }]) => [
    id,
    field.type === TEXT_INPUT
      ? control.value
      : [...(control.matches('select') ? control : control.querySelector('select')).selectedOptions].map(
          ({ value }) => value,
        ),
  ]);
  return Object.fromEntries(entries);
}
