import { findWbiFault } from '../wbi.ts';
import type { World } from '../world.ts';
import { type Answer, type Call, findNumber, ok, type Route, refuse } from './route.ts';

/** nav, the cookies, and getDanmuInfo: what has to be passed before a socket opens. */

const RISK_CONTROL = -352;

function nav({ world, account }: Call): Answer {
  const wbi_img = {
    img_url: `https://i0.hdslb.com/bfs/wbi/${world.keys.img}.png`,
    sub_url: `https://i0.hdslb.com/bfs/wbi/${world.keys.sub}.png`,
  };
  if (account === null)
    return { body: { code: -101, message: '账号未登录', ttl: 1, data: { isLogin: false, wbi_img } } };
  return ok({ isLogin: true, mid: account.uid, uname: account.name, face: '', wbi_img });
}

function drawBuvid(world: World): string {
  const part = (length: number): string => world.random.hex(length).toUpperCase();
  return `${part(8)}-${part(4)}-${part(4)}-${part(4)}-${part(12)}${world.random.digits(5)}infoc`;
}

const spi: Route = ({ world }) => ({
  body: {
    code: 0,
    data: { b_3: drawBuvid(world), b_4: `${drawBuvid(world)}-024072309-${world.random.hex(22)}==` },
    message: 'ok',
  },
});

const getBuvid: Route = ({ world }) => ({ body: { code: 0, data: { buvid: drawBuvid(world) } } });

/** The answer of risk control to a call that is not signed well, or null when it may pass. */
export function findRisk(call: Call): Answer | null {
  const { world, query } = call;
  const risk = (fault: string): Answer => refuse(RISK_CONTROL, '-352', fault);
  if (world.faults.riskControlCalls > 0) {
    world.faults.riskControlCalls -= 1;
    return risk('-352 on purpose');
  }
  const fault = findWbiFault(query, world.keys, world.now());
  if (fault !== null) return risk(fault);
  if ((call.cookies.get('buvid3') ?? '') === '') return risk('no buvid3 cookie');
  if (world.rules.wantsBrowser && !call.userAgent.startsWith('Mozilla/')) return risk('not a browser');
  return null;
}

/** Counts getDanmuInfo calls per second and blocks everything when there are too many. */
function openRateRule(): (world: World) => boolean {
  let second = 0;
  let calls = 0;
  return (world) => {
    const current = Math.floor(world.now() / 1000);
    calls = current === second ? calls + 1 : 1;
    second = current;
    if (calls <= world.rules.danmuInfoPerSecondMax) return true;
    world.faults.blockedUntilMs = world.now() + world.rules.blockMs;
    return false;
  };
}

export const BLOCKED: Answer = {
  status: 412,
  body: { code: -412, message: '请求被拦截', ttl: 1, data: null },
  fault: 'too many calls',
};

/** One rule a server: its count is its own. */
export function openDanmuInfo(): Route {
  const isSlowEnough = openRateRule();
  return (call) => {
    const { world, query } = call;
    if (!isSlowEnough(world)) return BLOCKED;
    const risk = findRisk(call);
    if (risk !== null) return risk;
    const roomId = findNumber(query, 'id');
    if (roomId === null) return refuse(-400, '请求错误');
    if (!world.rooms.has(roomId)) return refuse(1002002, '房间号错误');
    const host = (port: number): object => ({ host: '127.0.0.1', port, wss_port: port, ws_port: port });
    const token = world.tokens.issue({
      roomId,
      uid: call.account?.uid ?? 0,
      buvid: call.cookies.get('buvid3') ?? '',
      issuedMs: world.now(),
    });
    return ok({
      group: 'live',
      business_id: 0,
      refresh_row_factor: 0.125,
      refresh_rate: 100,
      max_delay: 5000,
      token,
      host_list: [host(world.faults.hasDeadFirstHost ? world.deadPort : world.port), host(world.port)],
    });
  };
}

export const ENTRANCE: Readonly<Record<string, Route>> = {
  '/x/web-interface/nav': nav,
  '/x/frontend/finger/spi': spi,
  '/x/web-frontend/getbuvid': getBuvid,
};
