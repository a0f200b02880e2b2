/* What the page knows of the stand-in, and its calls. */

export const state = { guilds: [], bot: null, guildId: null, channelId: null, viewerId: null };

export const guild = () => state.guilds.find(({ id }) => id === state.guildId);
export const channel = (id = state.channelId) => guild()?.channels.find((one) => one.id === id);
export const role = (id) => guild()?.roles.find((one) => one.id === id);
export const member = (id) => guild()?.members.find((one) => one.id === id);
export const nameOf = (user) => user.global_name ?? user.username;

async function ask(path, body) {
  const options = body && {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

export async function loadState() {
  Object.assign(state, await ask('/page/state'));
  state.guildId ??= state.guilds[0].id;
  state.viewerId ??= guild().ownerId;
  if (!channel()) state.channelId = guild().channels.find(({ type }) => type === 0).id;
}

export const loadMessages = (channelId) => ask(`/page/channels/${channelId}/messages`);

const who = () => ({ userId: state.viewerId, channelId: state.channelId, locale: navigator.language });

export const press = (what) => ask('/page/press', { ...who(), ...what });
export const say = (content) => ask('/page/say', { ...who(), content });

/** May the viewer see a command in the list? */
export function isShown(command) {
  const held = BigInt(member(state.viewerId)?.permissions ?? 0);
  const isAdmin = (held & 8n) !== 0n;
  const wanted = command.default_member_permissions;
  if (Array.isArray(command.contexts) && !command.contexts.includes(0)) return false;
  return wanted === null || isAdmin || (wanted !== '0' && (held & BigInt(wanted)) === BigInt(wanted));
}
