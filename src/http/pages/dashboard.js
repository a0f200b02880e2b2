/* The dashboard: rooms, alerts and chat, alive by Server-Sent Events. Text from outside only ever becomes
   textContent of an element of its own, which keeps its bidi controls from our numbers. */
const ALERTS_MS = 3_000;
const SERIES_MS = 15_000;
const STEP_MS = 30_000;
const SPAN_MS = 30 * 60_000;
const TAIL_MAX = 60;
const HTTP_UNAUTHORIZED = 401;

const cards = new Map();
const byId = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat('en-US');
const money = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });

const showNumber = (value) => (value === null || value === undefined ? '–' : numbers.format(value));
const showMoney = (milli) => `¥${money.format(milli / 1000)}`;

async function ask(path, options) {
  const response = await fetch(path, options);
  if (response.status === HTTP_UNAUTHORIZED) location.assign('/login');
  const body = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(body.error.message);
  return body;
}

function element(tag, text, className) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function cardOf(roomId) {
  let card = cards.get(roomId);
  if (!card) {
    card = byId('room-card').content.firstElementChild.cloneNode(true);
    cards.set(roomId, card);
    byId('rooms').append(card);
    byId('no-rooms').hidden = true;
    drawSeries(roomId);
  }
  return card;
}

function since(ms) {
  const minutes = Math.max(0, Math.floor((Date.now() - ms) / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function showRoom(room) {
  const card = cardOf(room.roomId);
  const dot = card.querySelector('.dot');
  dot.className = `dot ${room.connection}`;
  dot.setAttribute('aria-label', room.connection);
  dot.title = room.connection;
  const name = card.querySelector('.name');
  name.textContent = room.name || `Room ${room.roomId}`;
  name.href = `https://live.bilibili.com/${room.roomId}`;
  const badge = card.querySelector('.badge');
  badge.className = `badge ${room.liveStatus}`;
  badge.textContent =
    room.liveStatus === 'live' && room.liveSinceMs ? `LIVE ${since(room.liveSinceMs)}` : room.liveStatus;
  card.querySelector('.title').textContent = room.title;
  const reason = card.querySelector('.reason');
  const troubles = room.pausedChannels.map(
    ({ channelId, reason }) =>
      `Discord channel ${channelId} is paused: ${reason}. /watch there takes it up again.`,
  );
  if (room.reason) troubles.unshift(room.reason);
  reason.hidden = troubles.length === 0;
  reason.textContent = troubles.join(' · ');
  showNow(room);
}

function showNow(summary) {
  const card = cardOf(summary.roomId);
  card.querySelector('.watched').textContent = showNumber(summary.watched);
  card.querySelector('.online').textContent = showNumber(summary.online);
  card.querySelector('.chat').textContent = showNumber(summary.danmakuPerMinute);
  card.querySelector('.chatters').textContent = showNumber(summary.activeChatters);
  card.querySelector('.money').textContent = showMoney(summary.moneyMilliPerMinute);
  const { session } = summary;
  const line = card.querySelector('.session');
  line.hidden = !session;
  if (!session) return;
  const gaps =
    session.gaps.length === 0 ? '' : ` · ${session.gaps.length} gap${session.gaps.length === 1 ? '' : 's'}`;
  line.textContent = `This broadcast: ${numbers.format(session.danmaku)} danmaku by ${numbers.format(session.chatters)} · ${showMoney(session.revenueMilli)} by ${numbers.format(session.payers)}${gaps}`;
}

/** Chat of the last half hour; what was not observed is a grey band, not a zero. */
async function drawSeries(roomId) {
  // Whole buckets only: one that is still filling would look like a drop.
  const to = Math.floor(Date.now() / STEP_MS) * STEP_MS;
  const from = to - SPAN_MS;
  const { points } = await ask(`/api/rooms/${roomId}/series?from=${from}&to=${to}&stepMs=${STEP_MS}`);
  const spark = cardOf(roomId).querySelector('.spark');
  const most = Math.max(1, ...points.map((point) => point.danmaku ?? 0));
  const width = 240 / Math.max(1, points.length);
  const shapes = [];
  let run = [];
  const endRun = () => {
    if (run.length === 0) return;
    const line = run.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join('L');
    shapes.push(
      svg('path', {
        class: 'area',
        d: `M${run[0][0].toFixed(1)},44L${line}L${run.at(-1)[0].toFixed(1)},44Z`,
      }),
      svg('path', { class: 'stroke', d: `M${line}` }),
    );
    run = [];
  };
  points.forEach((point, index) => {
    if (point.danmaku === null) {
      endRun();
      shapes.push(svg('rect', { x: (index * width).toFixed(1), y: 40, width: width.toFixed(1), height: 4 }));
    } else run.push([(index + 0.5) * width, 42 - (point.danmaku / most) * 38]);
  });
  endRun();
  spark.replaceChildren(...shapes);
  spark.setAttribute('aria-label', `Chat of the last half hour, at most ${most} in ${STEP_MS / 1000} s`);
}

function addTail(item, text, sum) {
  const line = document.createElement('li');
  line.append(element('b', item.name || 'masked'), ' ', element('bdi', text), ' ');
  if (sum) line.append(element('span', sum, 'sum'));
  const room = cards.get(item.roomId)?.querySelector('.name').textContent ?? item.roomId;
  const source = document.createElement('small');
  source.append(element('bdi', room), ` · ${clock.format(item.atMs)}`);
  line.append(source);
  const tail = byId('tail');
  byId('no-tail').hidden = true;
  tail.prepend(line);
  while (tail.children.length > TAIL_MAX) tail.lastElementChild.remove();
}

async function showAlerts() {
  const { items } = await ask('/api/alerts?limit=30');
  byId('no-alerts').hidden = items.length > 0;
  byId('alerts').replaceChildren(
    ...items.map((alert) => {
      const line = document.createElement('li');
      line.append(element('b', alert.room), ' ', element('bdi', alert.line), ' ');
      if (alert.paidMilli) line.append(element('span', showMoney(alert.paidMilli), 'sum'));
      const state =
        alert.channelId === 'page'
          ? 'Discord is off'
          : alert.folded
            ? 'folded'
            : alert.delivered
              ? 'posted'
              : (alert.error ?? 'waiting');
      line.append(element('small', `${clock.format(alert.atMs)} · ${state}`));
      return line;
    }),
  );
}

async function showState() {
  const health = await ask('/api/health');
  const chips = [
    [`Discord ${health.discord}`, { ready: 'good', failed: 'bad', connecting: 'warn' }[health.discord] ?? ''],
    [
      `${health.rooms.connected} of ${Object.values(health.rooms).reduce((sum, count) => sum + count, 0)} rooms connected`,
      health.rooms.failed > 0 ? 'bad' : health.rooms.connected > 0 ? 'good' : '',
    ],
    [`${numbers.format(Math.round(health.eventsPerSecond))} events/s`, ''],
    [`outbox ${numbers.format(health.outbox.open)}`, health.outbox.oldestMs > 30_000 ? 'warn' : ''],
    [`${Math.round(health.rssBytes / 1_048_576)} MB`, ''],
  ];
  byId('state').replaceChildren(...chips.map(([text, tone]) => element('li', text, tone)));
  const notice = byId('notice');
  const words = [
    health.bilibili,
    health.discord === 'off' ? 'Discord is off: alerts appear here as they would be posted.' : null,
    health.discord === 'failed' ? 'Discord refused the bot token; collecting goes on.' : null,
  ];
  notice.textContent = words.filter(Boolean).join(' ');
  notice.hidden = notice.textContent === '';
}

function listen() {
  const source = new EventSource('/api/events');
  const on = (name, show) => source.addEventListener(name, (event) => show(JSON.parse(event.data)));
  on('room', showRoom);
  on('summary', showNow);
  on('danmaku', (item) => addTail(item, item.text));
  for (const kind of ['gift', 'super-chat', 'guard']) {
    on(kind, (item) =>
      addTail(
        item,
        item.text ?? `${item.giftName} × ${item.count}`,
        item.valueMilli > 0 ? showMoney(item.valueMilli) : '',
      ),
    );
  }
}

function every(ms, work) {
  // The bot restarting is everyday: the next turn tries again, and the state chip says that it is away.
  const run = () =>
    work().then(
      () => document.body.classList.remove('stale'),
      () => document.body.classList.add('stale'),
    );
  run();
  setInterval(run, ms);
}

byId('add').addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = byId('add-answer');
  answer.hidden = true;
  try {
    showRoom(
      await ask('/api/rooms', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ room: byId('room').value }),
      }),
    );
    event.target.reset();
  } catch (error) {
    answer.textContent = error.message;
    answer.hidden = false;
  }
});

let shown = 0;
for (let next = ''; next !== null; ) {
  const page = await ask(`/api/rooms?limit=500${next}`);
  for (const room of page.items) showRoom(room);
  shown += page.items.length;
  next = page.next === null ? null : `&before=${encodeURIComponent(page.next)}`;
}
byId('no-rooms').hidden = shown > 0;
listen();
every(ALERTS_MS, showAlerts);
every(ALERTS_MS, showState);
every(SERIES_MS, () => Promise.all([...cards.keys()].map(drawSeries)));
