/* The stand-in's client: servers, channels, messages, all alive by Server-Sent Events. */
import { startComposer } from './composer.js';
import { h } from './dom.js';
import { inline, writeTime } from './markdown.js';
import { avatar, renderMessage } from './message.js';
import { showModal } from './modal.js';
import { channel, guild, loadMessages, loadState, nameOf, state } from './state.js';

const CLOCK_MS = 5000;
const TEXT = 0;
const THREAD = 11;
const CATEGORY = 4;
const NEAR_END_PX = 120;
const MESSAGES_MAX = 200;

const byId = (id) => document.getElementById(id);
const messages = new Map();
const unread = new Set();
const dismissed = new Set();

const isVisible = ({ id, shown }) =>
  !shown.deleted &&
  !dismissed.has(id) &&
  (shown.ephemeralFor === null || shown.ephemeralFor === state.viewerId);

function drawSide() {
  byId('rail').replaceChildren(
    ...state.guilds.map((one) =>
      h(
        'button',
        {
          ...{ type: 'button', class: one.id === state.guildId ? 'server on' : 'server', title: one.name },
          onclick: () => openGuild(one.id),
        },
        [...one.name][0],
      ),
    ),
  );
  byId('guild-name').textContent = guild().name;
  const shown = guild().channels.filter(({ type }) => [TEXT, CATEGORY, THREAD].includes(type));
  byId('channels').replaceChildren(...shown.map(drawChannel));
  byId('viewer').replaceChildren(
    ...guild()
      .members.filter(({ bot }) => !bot)
      .map((user) => h('option', { value: user.id, selected: user.id === state.viewerId }, nameOf(user))),
  );
  const viewer = guild().members.find(({ id }) => id === state.viewerId);
  byId('me-avatar').replaceChildren(avatar(viewer, 32));
}

function drawChannel({ id, name, type }) {
  if (type === CATEGORY) return h('div', { class: 'category' }, name);
  const classes = [
    'channel',
    id === state.channelId && 'on',
    unread.has(id) && 'unread',
    type === THREAD && 'thread',
  ];
  return h(
    'button',
    { type: 'button', class: classes.filter(Boolean).join(' '), onclick: () => openChannel(id) },
    h('span', { class: 'hash' }, type === THREAD ? '↳' : '#'),
    name,
  );
}

async function openGuild(id) {
  state.guildId = id;
  state.viewerId = guild().ownerId;
  await openChannel(guild().channels.find(({ type }) => type === TEXT).id);
}

async function openChannel(id) {
  state.channelId = id;
  unread.delete(id);
  location.hash = id;
  drawSide();
  const { name, topic } = channel();
  byId('channel-name').textContent = name;
  byId('topic').replaceChildren(...inline(topic ?? ''));
  document.title = `#${name} · ${guild().name}`;
  startComposer(name, tell);
  await refill();
}

async function refill() {
  const wanted = state.channelId;
  const loaded = await loadMessages(wanted);
  if (wanted !== state.channelId) return;
  messages.clear();
  for (const message of loaded) messages.set(message.id, message);
  drawLog();
}

function drawLog() {
  const visible = [...messages.values()].filter(isVisible);
  byId('log').replaceChildren(
    h(
      'div',
      { class: 'welcome' },
      h('div', { class: 'big-hash' }, '#'),
      h('h2', {}, `Welcome to #${channel().name}!`),
      h('p', {}, `This is the start of the #${channel().name} channel.`),
    ),
    ...visible.map((message, index) => draw(message, visible[index - 1] ?? null)),
  );
  scrollDown();
}

const draw = (message, before) => renderMessage(message, before, { onFault: tell, onDismiss: dismiss });

function dismiss(message) {
  dismissed.add(message.id);
  byId(`m-${message.id}`)?.remove();
}

/** New, edited and deleted messages; the place in the log is kept when one reads further up. */
function onMessage(message) {
  if (message.channel_id !== state.channelId) {
    if (!message.shown.deleted && message.shown.ephemeralFor === null && !message.edited_timestamp)
      unread.add(message.channel_id);
    return drawSide();
  }
  const isKnown = messages.has(message.id);
  messages.set(message.id, message);
  while (messages.size > MESSAGES_MAX) {
    const [oldest] = messages.keys();
    messages.delete(oldest);
    byId(`m-${oldest}`)?.remove();
  }
  const log = byId('log');
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  const present = byId(`m-${message.id}`);
  if (!isVisible(message)) {
    present?.remove();
    return undefined;
  }
  const visible = [...messages.values()].filter(isVisible);
  const before = visible[visible.findIndex(({ id }) => id === message.id) - 1] ?? null;
  const node = draw(message, before);
  if (present) present.replaceWith(node);
  else if (!isKnown) log.append(node);
  if (isAtEnd) scrollDown();
  return undefined;
}

function scrollDown() {
  const log = byId('log');
  log.scrollTop = log.scrollHeight;
  // A picture grows the log when it has come.
  for (const image of log.querySelectorAll('img'))
    if (!image.complete)
      image.addEventListener('load', () => (log.scrollTop = log.scrollHeight), { once: true });
}

/** A line from the client itself, as Discord's Clyde says it. */
function tell(text) {
  byId('log').append(h('div', { class: 'note', role: 'alert' }, '⚠ ', text));
  scrollDown();
}

function listen() {
  const source = new EventSource('/page/events');
  source.addEventListener('message', ({ data }) => onMessage(JSON.parse(data)));
  source.addEventListener('state', async () => {
    const before = state.channelId;
    await loadState();
    if (before === state.channelId) drawSide();
    else await openChannel(state.channelId);
  });
  source.addEventListener('open', () => {
    byId('link-state').textContent = '';
    refill();
  });
  source.addEventListener('error', () => {
    byId('link-state').textContent = 'the stand-in is gone; trying again…';
  });
}

byId('viewer').addEventListener('change', async (event) => {
  state.viewerId = event.target.value;
  await openChannel(state.channelId);
});
byId('theme').addEventListener('click', () => {
  const root = document.documentElement;
  root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('theme', root.dataset.theme);
});
document.addEventListener('modal', ({ detail }) => showModal(detail, tell));
setInterval(() => {
  for (const node of document.querySelectorAll('time[data-style="R"]'))
    node.textContent = writeTime(Number(node.dataset.at), 'R');
}, CLOCK_MS);

const asked = new URLSearchParams(location.search).get('theme');
document.documentElement.dataset.theme = asked ?? localStorage.getItem('theme') ?? 'dark';
const hash = location.hash.slice(1);
await loadState();
if (channel(hash)) state.channelId = hash;
await openChannel(state.channelId);
listen();
