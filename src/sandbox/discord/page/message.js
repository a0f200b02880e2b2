/* One message. */
import { pressOf, renderComponents } from './components.js';
import { colorOf, h } from './dom.js';
import { renderAttachment, renderEmbed } from './embed.js';
import { markdown, writeTime } from './markdown.js';
import { showModal } from './modal.js';
import { guild, member, nameOf, role, state } from './state.js';

const COLORS = ['#5865f2', '#757e8a', '#3ba55c', '#faa61a', '#ed4245', '#eb459e'];
const GROUP_MS = 7 * 60_000;
const FLAG_SILENT = 1 << 12;

export function avatar(user, size = 40) {
  const color = user.bot ? '#5865f2' : COLORS[Number(BigInt(user.id) % BigInt(COLORS.length))];
  const style = {
    backgroundColor: color,
    width: `${size}px`,
    height: `${size}px`,
    fontSize: `${size * 0.45}px`,
  };
  return h('span', { class: 'avatar', style, 'aria-hidden': 'true' }, [...nameOf(user)][0].toUpperCase());
}

function nameColor(user) {
  const held = member(user.id)?.roles ?? [];
  const top = held
    .map(role)
    .filter((one) => one?.color)
    .sort((a, b) => b.position - a.position)[0];
  return colorOf(top?.color);
}

/** Does it notify the person who looks? */
function isPing({ shown: { pings } }) {
  const held = member(state.viewerId)?.roles ?? [];
  return (
    pings.everyone || pings.users.includes(state.viewerId) || pings.roles.some((id) => held.includes(id))
  );
}

const isGrouped = (message, before) =>
  before !== null &&
  !message.shown.interaction &&
  before.author.id === message.author.id &&
  before.shown.ephemeralFor === message.shown.ephemeralFor &&
  Date.parse(message.timestamp) - Date.parse(before.timestamp) < GROUP_MS;

export function renderMessage(message, before, { onFault, onDismiss }) {
  const { author, shown } = message;
  const grouped = isGrouped(message, before);
  const onModal = (answer) => showModal(answer, onFault);
  const classes = [
    'message',
    grouped && 'grouped',
    isPing(message) && 'ping',
    shown.ephemeralFor && 'ephemeral',
  ];
  const head = h(
    'header',
    {},
    h('span', { class: 'name', style: { color: nameColor(author) ?? '' } }, nameOf(author)),
    author.bot ? h('span', { class: 'tag' }, 'APP') : null,
    h(
      'time',
      { class: 'when', title: writeTime(Date.parse(message.timestamp), 'F') },
      clock(message.timestamp),
    ),
    message.flags & FLAG_SILENT
      ? h('span', { class: 'silent', title: 'Sent without a notification' }, 'silent')
      : null,
  );
  const edited = message.edited_timestamp
    ? h('span', { class: 'edited', title: message.edited_timestamp }, ' (edited)')
    : null;
  const text = message.content ? h('div', { class: 'text' }, ...markdown(message.content), edited) : null;
  return h(
    'article',
    { class: classes.filter(Boolean).join(' '), 'data-id': message.id, id: `m-${message.id}` },
    shown.interaction ? usedLine(shown.interaction) : null,
    grouped
      ? h('time', { class: 'gutter' }, clock(message.timestamp))
      : h('div', { class: 'gutter' }, avatar(author)),
    h(
      'div',
      { class: 'body' },
      grouped ? null : head,
      shown.loading ? h('div', { class: 'thinking' }, `${nameOf(author)} is thinking…`) : null,
      text,
      ...message.attachments.map(renderAttachment),
      ...message.embeds.map(renderEmbed),
      ...renderComponents(message.components, pressOf(message, onFault, onModal)),
      message.content ? null : edited,
      shown.ephemeralFor ? ephemeralLine(message, onDismiss) : null,
    ),
  );
}

function usedLine({ userId, name }) {
  const user = guild().members.find(({ id }) => id === userId);
  return h(
    'div',
    { class: 'used' },
    user ? avatar(user, 16) : null,
    h('b', {}, user ? nameOf(user) : 'someone'),
    ' used ',
    h('span', { class: 'mention' }, `/${name}`),
  );
}

function ephemeralLine(message, onDismiss) {
  const onclick = () => onDismiss(message);
  return h(
    'div',
    { class: 'only-you' },
    'Only you can see this • ',
    h('button', { type: 'button', class: 'plain', onclick }, 'Dismiss message'),
  );
}

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: 'short' });

function clock(iso) {
  const at = new Date(iso);
  const isToday = DAY.format(at) === DAY.format(new Date());
  return isToday ? TIME.format(at) : `${DAY.format(at)} ${TIME.format(at)}`;
}
