import type { Area } from '../room-script.ts';

/** Fields that pushes to logged-in pages carry besides. */
export function envelope(atMs: number, id: string): object {
  return { msg_id: `${id}:1000:1000`, p_is_ack: true, p_msg_type: 1, send_time: atMs };
}

/** LIVE: with `live_time` when the button was pressed, without when the stream arrived. */
export function liveMessage(
  roomId: number,
  liveKey: string,
  startSecond: number,
  hasLiveTime: boolean,
): object {
  return {
    cmd: 'LIVE',
    live_key: liveKey,
    voice_background: '',
    sub_session_key: `${liveKey}sub_time:${startSecond}`,
    live_platform: 'pc_link',
    live_model: 0,
    roomid: roomId,
    ...(hasLiveTime ? { live_time: startSecond } : {}),
    special_types: [],
  };
}

/** PREPARING: the broadcast ended. The room id is a string here, as Bilibili has it. */
export function preparingMessage(roomId: number, isReplay: boolean, atMs: number, id: string): object {
  return {
    cmd: 'PREPARING',
    ...envelope(atMs, id),
    roomid: String(roomId),
    ...(isReplay ? { round: 1 } : {}),
  };
}

export function roomChange(title: string, area: Area, liveKey: string, startSecond: number): object {
  return {
    cmd: 'ROOM_CHANGE',
    data: {
      title,
      area_id: area.id,
      parent_area_id: area.parentId,
      area_name: area.name,
      parent_area_name: area.parentName,
      live_key: liveKey,
      sub_session_key: liveKey === '0' ? '' : `${liveKey}sub_time:${startSecond}`,
    },
  };
}

/** 18.4万 for 184547, as Bilibili shortens it. */
export function shortNumber(value: number): string {
  return value < 10_000 ? String(value) : `${(Math.floor(value / 1000) / 10).toFixed(1)}万`;
}

export function watchedChange(num: number): object {
  const small = shortNumber(num);
  return { cmd: 'WATCHED_CHANGE', data: { num, text_small: small, text_large: `${small}人看过` } };
}

/** `online_count` is left out of every other message. */
export function onlineRankCount(count: number, hasOnline: boolean): object {
  const short = count > 9999 ? '9999+' : String(count);
  return {
    cmd: 'ONLINE_RANK_COUNT',
    data: {
      count: Math.min(count, 10_000),
      count_text: short,
      ...(hasOnline ? { online_count: count, online_count_text: short } : {}),
    },
  };
}

export function likesUpdate(total: number): object {
  return { cmd: 'LIKE_INFO_V3_UPDATE', data: { click_count: total } };
}

export function warningMessage(roomId: number, text: string, isCutOff: boolean): object {
  return { cmd: isCutOff ? 'CUT_OFF' : 'WARNING', msg: text, roomid: roomId };
}

export function logInNotice(origin: string): object {
  return {
    cmd: 'LOG_IN_NOTICE',
    data: {
      notice_msg: '为保护用户隐私，未注册登陆用户将无法查看他人昵称',
      image_web: `${origin}/bfs/live/log-in.png`,
      image_app: '',
    },
  };
}

const NOISE = [
  'STOP_LIVE_ROOM_LIST',
  'NOTICE_MSG',
  'ENTRY_EFFECT',
  'DM_INTERACTION',
  'WIDGET_BANNER',
  'UNIVERSAL_EVENT_GIFT_V2',
  'ROOM_REAL_TIME_MESSAGE_UPDATE',
  'SANDBOX_NOT_YET_KNOWN',
] as const;
export type NoiseKind = (typeof NOISE)[number];
export const NOISE_KINDS: readonly NoiseKind[] = NOISE;

/** Messages that count nothing in this room, whatever they look like. */
export function noiseMessage(kind: NoiseKind, roomId: number, uid: number, atMs: number): object {
  switch (kind) {
    case 'STOP_LIVE_ROOM_LIST':
      return { cmd: kind, data: { room_id_list: [700001, 700002, 700003] } };
    case 'NOTICE_MSG':
      return {
        cmd: kind,
        roomid: 700002,
        real_roomid: 700002,
        msg_common: '全区广播：<%路人%>送给<%隔壁的主播%>1个星际列车，点击前往TA的房间吧',
        msg_self: '全区广播：<%路人%>送给<%隔壁的主播%>1个星际列车，快来抽奖吧',
        link_url: '',
        msg_type: 2,
        shield_uid: -1,
        business_id: '36113',
        id: 2,
        name: '分区道具抽奖广播样式',
      };
    case 'ENTRY_EFFECT':
      return {
        cmd: kind,
        data: { id: 4, uid, target_id: roomId, copy_writing: '欢迎 <%舰长%> 进入直播间', privilege_type: 3 },
      };
    case 'DM_INTERACTION':
      return {
        cmd: kind,
        data: { id: atMs, status: 4, type: 106, data: '{"cnt":12,"suffix_text":"人正在点赞"}' },
      };
    case 'ROOM_REAL_TIME_MESSAGE_UPDATE':
      return { cmd: kind, data: { roomid: roomId, fans: 12345, red_notice: -1, fans_club: 678 } };
    default:
      return { cmd: kind, data: { id: 1, anything: [1, 'two', null] } };
  }
}
