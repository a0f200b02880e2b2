/* The line at the bottom: text, or a slash command with its options. */
import { h } from './dom.js';
import { hidePopup, movePopup, pickPopup, popupIsOpen, showPopup } from './popup.js';
import { guild, isShown, press, say } from './state.js';
import { suggest, typed } from './suggestions.js';

const SUBCOMMAND = 1;
const GROUP = 2;
const bar = () => document.getElementById('bar');

/** The command that is being filled in: `{command, path, specs, pills: Map(name → {input, chosen})}`; null: plain text. */
let open = null;
let told = () => undefined;

export function startComposer(channelName, onFault) {
  told = onFault;
  showText(channelName);
}

export function showText(channelName, focus = false) {
  open = null;
  hidePopup();
  const input = h('input', {
    id: 'say',
    autocomplete: 'off',
    placeholder: `Message #${channelName} — type / for commands`,
    oninput: () => listCommands(input.value),
    onkeydown: (event) => onTextKey(event, input, channelName),
    onfocus: () => listCommands(input.value),
  });
  bar().replaceChildren(input);
  if (focus) input.focus();
}

/** Every command and subcommand that the viewer may see, by the words that choose it. */
function allCommands() {
  return guild()
    .commands.filter(isShown)
    .flatMap((command) => leaves(command, command, []))
    .sort((a, b) => a.label.localeCompare(b.label));
}

function leaves(command, node, path) {
  const inner = (node.options ?? []).filter(({ type }) => type === SUBCOMMAND || type === GROUP);
  if (inner.length > 0) return inner.flatMap((next) => leaves(command, next, [...path, next.name]));
  const label = `/${[command.name, ...path].join(' ')}`;
  return [{ command, path, specs: node.options ?? [], label, hint: node.description }];
}

function listCommands(text) {
  if (!text.startsWith('/')) return hidePopup();
  const wanted = text.trimEnd().toLowerCase();
  const found = allCommands().filter(({ label }) => label.startsWith(wanted));
  const signature = (leaf) =>
    leaf.specs.map(({ name, required }) => (required ? name : `${name}?`)).join(' ');
  showPopup(
    found.map((leaf) => ({ ...leaf, extra: signature(leaf), pick: () => fillIn(leaf) })),
    'Commands',
  );
}

function onTextKey(event, input, channelName) {
  if (event.isComposing) return;
  if (movePopup(event)) return;
  if (event.key === 'Tab' && popupIsOpen()) {
    event.preventDefault();
    pickPopup();
  }
  if (event.key !== 'Enter') return;
  event.preventDefault();
  if (popupIsOpen()) return pickPopup();
  const content = input.value.trim();
  if (content === '' || content.startsWith('/')) return;
  say(content).then(
    () => showText(channelName, true),
    (error) => told(error.message),
  );
}

function fillIn(leaf) {
  open = { ...leaf, pills: new Map(), text: bar().querySelector('#say')?.placeholder ?? '' };
  hidePopup();
  const rest = h('span', { class: 'rest' });
  const send = h('button', { type: 'button', class: 'send', title: 'Send (Enter)', onclick: submit }, '➤');
  send.addEventListener('keydown', onTailKey);
  bar().replaceChildren(h('span', { class: 'slash' }, leaf.label), rest, send);
  for (const spec of leaf.specs.filter(({ required }) => required)) addPill(spec);
  showRest();
  focusNext();
}

/** What can still be added. */
function showRest() {
  const left = open.specs.filter(({ name }) => !open.pills.has(name));
  bar()
    .querySelector('.rest')
    .replaceChildren(
      ...left.map((spec) =>
        h(
          'button',
          {
            type: 'button',
            class: 'add',
            title: spec.description,
            onkeydown: onTailKey,
            onclick: () => addPill(spec).focus(),
          },
          `+ ${spec.name}`,
        ),
      ),
    );
}

function addPill(spec) {
  const input = h('input', { name: spec.name, autocomplete: 'off', size: 6, 'aria-label': spec.name });
  const pill = { spec, input, chosen: null };
  input.addEventListener('input', () => {
    pill.chosen = null;
    input.size = Math.max(6, [...input.value].length + 2);
    input.parentElement.classList.remove('wrong');
    offer(pill);
  });
  input.addEventListener('focus', () => offer(pill));
  input.addEventListener('keydown', (event) => onPillKey(event, pill));
  open.pills.set(spec.name, pill);
  bar().insertBefore(
    h('label', { class: 'pill' }, h('span', {}, spec.name), input),
    bar().querySelector('.rest'),
  );
  showRest();
  return input;
}

const valuesOf = (pills) =>
  Object.fromEntries(
    [...pills.values()].flatMap(({ spec, input, chosen }) => {
      const value = chosen ?? typed(spec, input.value.trim());
      return value === '' ? [] : [[spec.name, value]];
    }),
  );

const pressed = () => ({
  command: open.command.name,
  ...(open.path.length > 0 && { subcommand: open.path.join(' ') }),
});

async function offer(pill) {
  const others = new Map([...open.pills].filter(([, other]) => other !== pill));
  const press = { ...pressed(), options: valuesOf(others) };
  const found = await suggest(pill.spec, pill.input.value, press, told);
  if (document.activeElement !== pill.input || found === null) return;
  const items = found.map(({ name, value }) => ({
    label: name,
    extra: name.includes(String(value)) || /^\d{17,}$/.test(value) ? '' : String(value),
    pick: () => choose(pill, name, value),
  }));
  showPopup(items, `${pill.spec.name}: ${pill.spec.description}`);
}

function choose(pill, name, value) {
  pill.input.value = name;
  pill.input.size = Math.max(6, [...name].length + 2);
  pill.chosen = value;
  hidePopup();
  focusNext();
}

/** The first option that is still empty, else the button. */
function focusNext() {
  const empty = [...open.pills.values()].find(({ input }) => input.value === '');
  (empty?.input ?? bar().querySelector('.send')).focus();
}

function onPillKey(event, pill) {
  if (event.isComposing || movePopup(event)) return;
  if (event.key === 'Escape') return popupIsOpen() ? hidePopup() : leave();
  if (event.key === 'Backspace' && pill.input.value === '') {
    event.preventDefault();
    if (pill.spec.required) return leave();
    open.pills.delete(pill.spec.name);
    pill.input.parentElement.remove();
    showRest();
    return focusNext();
  }
  if (event.key !== 'Enter') return;
  event.preventDefault();
  if (popupIsOpen()) pickPopup();
  else submit();
}

function onTailKey(event) {
  if (event.key === 'Escape' || event.key === 'Backspace') leave();
}

function leave() {
  const name = open.text.replace(/^Message #| — .*$/g, '');
  showText(name, true);
}

async function submit() {
  const missing = [...open.pills.values()].find(
    ({ spec, input }) => spec.required && input.value.trim() === '',
  );
  if (missing) {
    missing.input.parentElement.classList.add('wrong');
    return missing.input.focus();
  }
  const what = { kind: 'command', ...pressed(), options: valuesOf(open.pills) };
  leave();
  try {
    const answer = await press(what);
    if (answer.modal) document.dispatchEvent(new CustomEvent('modal', { detail: answer }));
  } catch (error) {
    told(error.message);
  }
}
