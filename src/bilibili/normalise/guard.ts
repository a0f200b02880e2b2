/** GUARD_BUY, USER_TOAST_MSG and _V2 (protocol §4.4): one purchase, up to three messages. */
import type { Guard, GuardLevel, Viewer } from '#src/events.ts';
import {
  type Fields,
  findInteger,
  findTimeMs,
  needFields,
  readCount,
  readText,
  Unreadable,
} from '../fields.ts';
import { findId, type Message, sentAtMs } from '../message.ts';
import { type RoomState, readGuardLevel, readViewer } from './room-state.ts';

/** List prices a month by level, in milli (protocol §2.6). */
const MONTH_MILLI = { 1: 19_998_000, 2: 1_998_000, 3: 198_000 } as const;
const MONTH = '月';
/** `source` of free days that follow a paid purchase. */
const SOURCE_BONUS = 2;

const ACTIONS: Readonly<Record<number, Guard['action']>> = { 1: 'new', 2: 'renew', 3: 'auto-renew' };

function needLevel(value: unknown): Exclude<GuardLevel, 0> {
  const level = readGuardLevel(value);
  if (level === 0) throw new Unreadable('guard_level');
  return level;
}

/** Names a purchase by what both forms of it say; a masked viewer's by the name too. */
function namePurchase(viewer: Viewer, level: number, seconds: unknown, atMs: number): string {
  return [viewer.uid ?? `0:${viewer.name}`, level, findInteger(seconds) ?? Math.floor(atMs / 1000)].join(':');
}

export function readGuardBuy(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const viewer = readViewer(data.uid, readText(data.username));
  const level = needLevel(data.guard_level);
  const atMs = findTimeMs(data.start_time) ?? sentAtMs(message, state.now());
  const held = {
    kind: 'guard-held',
    id: `buy:${namePurchase(viewer, level, data.start_time, atMs)}`,
    room: state.room,
    atMs,
    viewer,
    level,
    count: Math.max(1, readCount(data.num)),
    listMilli: readCount(data.price),
  } as const;
  if (state.emit(held)) state.guards.hold(held);
}

interface Toast {
  readonly viewer: Viewer;
  readonly level: unknown;
  readonly num: unknown;
  readonly unit: unknown;
  readonly price: unknown;
  readonly opType: unknown;
  readonly source: unknown;
  readonly startTime: unknown;
  readonly payflowId: string | null;
}

function emitToast(message: Message, toast: Toast, state: RoomState): void {
  const paid = findInteger(toast.price);
  // The toasts of 2019 told no price: not a purchase that can be booked, so GUARD_BUY stands.
  if (paid === null) return;
  const level = needLevel(toast.level);
  const atMs = findTimeMs(toast.startTime) ?? sentAtMs(message, state.now());
  const count = Math.max(1, readCount(toast.num));
  const unit = readText(toast.unit) || MONTH;
  const isBonus = findInteger(toast.source) === SOURCE_BONUS;
  // The price is the total, also of several months.
  const paidMilli = isBonus ? 0 : Math.max(0, paid);
  const guard: Guard = {
    kind: 'guard',
    id: toast.payflowId ?? `toast:${namePurchase(toast.viewer, level, toast.startTime, atMs)}`,
    room: state.room,
    atMs,
    viewer: toast.viewer,
    level,
    count,
    unit,
    paidMilli,
    worthMilli: unit === MONTH ? MONTH_MILLI[level] * count : paidMilli,
    isListPrice: false,
    isBonus,
    action: ACTIONS[findInteger(toast.opType) ?? 0] ?? 'unknown',
  };
  // Free days are no purchase: a GUARD_BUY that waits is another one's.
  if (state.emit(guard) && !isBonus) state.guards.settle(guard);
}

export function readToast(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const toast: Toast = {
    viewer: readViewer(data.uid, readText(data.username)),
    level: data.guard_level,
    num: data.num,
    unit: data.unit,
    price: data.price,
    opType: data.op_type,
    source: data.source,
    startTime: data.start_time,
    payflowId: findId(message, 'data', 'payflow_id'),
  };
  emitToast(message, toast, state);
}

export function readToastV2(message: Message, state: RoomState): void {
  const data = needFields(message.body.data, 'data');
  const sender = needFields(data.sender_uinfo, 'data.sender_uinfo');
  const guard = needFields(data.guard_info, 'data.guard_info');
  const pay = needFields(data.pay_info, 'data.pay_info');
  const base: Fields = needFields(sender.base ?? {}, 'data.sender_uinfo.base');
  const option: Fields = needFields(data.option ?? {}, 'data.option');
  const toast: Toast = {
    viewer: readViewer(sender.uid, readText(base.name)),
    level: guard.guard_level,
    num: pay.num,
    unit: pay.unit,
    price: pay.price,
    opType: guard.op_type,
    source: option.source,
    startTime: guard.start_time,
    payflowId: findId(message, 'data', 'pay_info', 'payflow_id'),
  };
  emitToast(message, toast, state);
}
