/* What can be chosen for an option. */
import { guild, nameOf, press } from './state.js';

const DEBOUNCE_MS = 150;
const TYPE = { integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 };
const CATEGORY = 4;
let latest = 0;

/** What was typed, in the option's type; a number that is none stays text, which is refused. */
export function typed({ type }, text) {
  if (text === '') return '';
  if ((type === TYPE.integer || type === TYPE.number) && Number.isFinite(Number(text))) return Number(text);
  return text;
}

/** Choices `{name, value}` for what is typed; null when a later question overtook this one. */
export async function suggest(spec, text, what, onFault) {
  latest += 1;
  const mine = latest;
  if (spec.autocomplete) {
    await new Promise((resolve) => setTimeout(resolve, text === '' ? 0 : DEBOUNCE_MS));
    if (mine !== latest) return null;
    try {
      const answer = await press({ kind: 'autocomplete', ...what, option: spec.name, value: text });
      return mine === latest ? answer.choices : null;
    } catch (error) {
      onFault(error.message);
      return [];
    }
  }
  const wanted = text.toLowerCase();
  return known(spec).filter(({ name }) => name.toLowerCase().includes(wanted));
}

function known(spec) {
  if (spec.choices?.length > 0) return spec.choices;
  const people = () => guild().members.map((user) => ({ name: `@${nameOf(user)}`, value: user.id }));
  const roles = () => guild().roles.map(({ id, name }) => ({ name: name.replace(/^@?/, '@'), value: id }));
  if (spec.type === TYPE.boolean)
    return [
      { name: 'True', value: true },
      { name: 'False', value: false },
    ];
  if (spec.type === TYPE.user) return people();
  if (spec.type === TYPE.role) return roles();
  if (spec.type === TYPE.mentionable) return [...people(), ...roles()];
  if (spec.type !== TYPE.channel) return [];
  return guild()
    .channels.filter(({ type }) =>
      spec.channel_types ? spec.channel_types.includes(type) : type !== CATEGORY,
    )
    .map(({ id, name }) => ({ name: `#${name}`, value: id }));
}
