/* Discord's markdown as elements. */
import { colorOf, h, link, safeUrl } from './dom.js';
import { channel, member, nameOf, role } from './state.js';

const RELATIVE = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
const STYLES = {
  t: { timeStyle: 'short' },
  T: { timeStyle: 'medium' },
  d: { dateStyle: 'short' },
  D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' },
  F: { dateStyle: 'full', timeStyle: 'short' },
};

export function writeTime(atMs, style) {
  if (style !== 'R') return new Intl.DateTimeFormat(undefined, STYLES[style] ?? STYLES.f).format(atMs);
  const seconds = (atMs - Date.now()) / 1000;
  const [unit, size] = RELATIVE.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en').format(Math.round(seconds / size), unit);
}

function timestamp(seconds, style) {
  const atMs = Number(seconds) * 1000;
  if (Math.abs(atMs) > 8.64e15) return `<t:${seconds}>`;
  const title = writeTime(atMs, 'F');
  return h('time', { class: 'stamp', title, 'data-at': atMs, 'data-style': style }, writeTime(atMs, style));
}

function mention(text, color) {
  const style = color ? { color, backgroundColor: `${color}22` } : {};
  return h('span', { class: 'mention', style }, text);
}

const wrap = (tag, props) => (match, inline) => h(tag, props, ...inline(match[1]));
const bareLink = (text) => {
  const url = safeUrl(text);
  return url ? link(url, text) : text;
};

/* In the order in which they are tried; each is anchored at the place that is looked at. */
const RULES = [
  [/\\([^\p{L}\p{N}\s])/uy, (match) => match[1]],
  [/```(?:[\w+-]*\n)?([\s\S]+?)```/y, (match) => h('pre', {}, h('code', {}, match[1].replace(/\n$/, '')))],
  [/``([^\n]+?)``|`([^`\n]+)`/y, (match) => h('code', {}, match[1] ?? match[2])],
  [/<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y, (match) => timestamp(match[1], match[2] ?? 'f')],
  [/<@!?(\d+)>/y, ([, id]) => mention(`@${member(id) ? nameOf(member(id)) : 'unknown-user'}`)],
  [/<@&(\d+)>/y, ([, id]) => mention(`@${role(id)?.name ?? 'unknown-role'}`, colorOf(role(id)?.color))],
  [/<#(\d+)>/y, ([, id]) => mention(`# ${channel(id)?.name ?? 'unknown'}`)],
  [/<\/([^:>]{1,100}):\d+>/y, ([, name]) => mention(`/${name}`)],
  [/<a?:(\w+):\d+>/y, ([, name]) => `:${name}:`],
  [/@(?:everyone|here)(?!\w)/y, ([text]) => mention(text)],
  [
    /\[((?:\\.|[^[\]\\]|\[[^\]]*\])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?: "[^"]*")?\)/y,
    ([text, label, to], inline) => (safeUrl(to) ? link(safeUrl(to), ...inline(label)) : text),
  ],
  [/<(https?:\/\/[^\s>]+)>/y, ([, url]) => bareLink(url)],
  [/https?:\/\/[^\s<>"]*[^\s<>".,:;!?'\])*_~|]/y, ([url]) => bareLink(url)],
  [/\*\*\*((?:\\.|[^\\])+?)\*\*\*(?!\*)/sy, (match, inline) => h('b', {}, h('i', {}, ...inline(match[1])))],
  [/\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/sy, wrap('b')],
  [/__((?:\\.|[^\\])+?)__(?!_)/sy, wrap('u')],
  [/\*(?!\s)((?:\\.|[^\\*])+?)\*(?!\*)/sy, wrap('i')],
  [/_((?:\\.|[^\\_])+?)_(?!\w)/sy, wrap('i')],
  [/~~((?:\\.|[^\\])+?)~~/sy, wrap('s')],
  [
    /\|\|((?:\\.|[^\\])+?)\|\|/sy,
    (match, inline) =>
      h(
        'span',
        { class: 'spoiler', onclick: (event) => event.currentTarget.classList.add('open') },
        ...inline(match[1]),
      ),
  ],
];

/** Nodes of one run of text. */
export function inline(text) {
  const nodes = [];
  let plain = '';
  let at = 0;
  while (at < text.length) {
    const hit = findRule(text, at);
    if (!hit) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) nodes.push(plain);
    plain = '';
    nodes.push(hit.make(hit.match, inline));
    at += hit.match[0].length;
  }
  return plain ? [...nodes, plain] : nodes;
}

const STARTS = /[\\`<@[h*_~|]/;

function findRule(text, at) {
  if (!STARTS.test(text[at])) return null;
  // "snake_case" is not emphasis: an underscore counts at the start of a word only.
  if (text[at] === '_' && /\w/.test(text[at - 1] ?? '')) return null;
  for (const [pattern, make] of RULES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { match, make };
  }
  return null;
}

const LINES = [
  [/^(#{1,3}) +(.+)$/, (match) => h(`h${match[1].length + 2}`, { class: 'heading' }, ...inline(match[2]))],
  [/^-# +(.+)$/, (match) => h('div', { class: 'subtext' }, ...inline(match[1]))],
  [/^> ?(.*)$/, (match) => h('blockquote', {}, ...inline(match[1]))],
  [/^( *)[-*] +(.+)$/, (match) => h('div', { class: `item${match[1] ? ' deep' : ''}` }, ...inline(match[2]))],
];

/** Nodes of a whole text: headings, quotes, lists and lines. */
export function markdown(text) {
  const blocks = text.split(/(```[\s\S]+?```)/);
  return blocks.flatMap((block, index) => (index % 2 === 1 ? inline(block) : lines(block)));
}

function lines(text) {
  const nodes = [];
  let run = [];
  const flush = () => {
    if (run.length > 0) nodes.push(...inline(run.join('\n')));
    run = [];
  };
  for (const line of text.split('\n')) {
    const rule = LINES.find(([pattern]) => pattern.test(line));
    if (!rule) {
      run.push(line);
      continue;
    }
    flush();
    nodes.push(rule[1](rule[0].exec(line)));
  }
  flush();
  return nodes;
}
