import type { Random } from './random.ts';
import type { ActMix, Person, RoomScript } from './room-script.ts';
import { type Act, actOfScene, openActDrawer } from './story.ts';

/** An act and when it happens, in ms after the room's story began. */
export interface TimedAct {
  readonly atMs: number;
  readonly act: Act;
}

/** What happens in a room that is not told otherwise, as weights. */
export const DEFAULT_MIX: ActMix = {
  chat: 780,
  emoticon: 40,
  enter: 80,
  follow: 6,
  share: 3,
  'free-gift': 28,
  'bag-gift': 4,
  'small-gift': 30,
  combo: 8,
  'blind-box': 5,
  noise: 15,
  title: 0.2,
};

const AUDIENCE_EVERY_MS = 5000;
/** An offline room is nearly silent. */
const OFFLINE_SHARE = 1 / 50;
const BURST_EVERY_MS = 25_000;
const NEVER = Number.POSITIVE_INFINITY;

/** Something that happens again and again: when next, and what then. */
interface Source {
  nextMs: number;
  fire(): Act | null;
}

interface Stage {
  readonly script: RoomScript;
  readonly random: Random;
  readonly drawer: ReturnType<typeof openActDrawer>;
  isLive: boolean;
}

function openChatter(stage: Stage): Source {
  const { script, random } = stage;
  const chatter = script.chatter;
  if (chatter === undefined || chatter.perSecond <= 0) return { nextMs: NEVER, fire: () => null };
  const burst = chatter.burst ?? 1;
  let burstMs = random.wait(BURST_EVERY_MS);
  let calmMs = burstMs + random.int(2000, 6000);
  const source: Source = {
    nextMs: random.wait(1000 / chatter.perSecond),
    fire() {
      const atMs = source.nextMs;
      if (atMs > calmMs) {
        burstMs = calmMs + random.wait(BURST_EVERY_MS);
        calmMs = burstMs + random.int(2000, 6000);
      }
      const factor = atMs >= burstMs && atMs < calmMs ? burst : 1;
      const rate = chatter.perSecond * factor * (stage.isLive ? 1 : OFFLINE_SHARE);
      source.nextMs = atMs + random.wait(1000 / rate);
      const kind = stage.isLive ? random.weighted(chatter.mix ?? DEFAULT_MIX) : 'chat';
      return stage.drawer.draw(kind, atMs);
    },
  };
  return source;
}

function openAlerts({ script, random, drawer }: Stage, isLive: () => boolean): Source {
  const perMinute = script.chatter?.alertsPerMinute ?? 0;
  if (perMinute <= 0) return { nextMs: NEVER, fire: () => null };
  const everyMs = 60_000 / perMinute;
  const source: Source = {
    nextMs: everyMs * (0.5 + random.next() / 2),
    fire() {
      const atMs = source.nextMs;
      source.nextMs += everyMs;
      const kind = random.weighted({ 'big-gift': 3, 'super-chat': 4, guard: 3 } as const);
      return isLive() ? drawer.draw(kind, atMs) : null;
    },
  };
  return source;
}

function openRhythm(stage: Stage): Source {
  const { rhythm } = stage.script;
  if (rhythm === undefined) return { nextMs: NEVER, fire: () => null };
  const source: Source = {
    nextMs: rhythm.firstMs,
    fire() {
      stage.isLive = !stage.isLive;
      source.nextMs += stage.isLive ? rhythm.liveMs : rhythm.offlineMs;
      return stage.isLive ? stage.drawer.live() : { kind: 'preparing' };
    },
  };
  return source;
}

function openScenes(stage: Stage): Source {
  const scenes = [...(stage.script.scenes ?? [])].sort((a, b) => a.atMs - b.atMs);
  let index = 0;
  const source: Source = {
    nextMs: scenes[0]?.atMs ?? NEVER,
    fire() {
      const scene = scenes[index];
      index += 1;
      source.nextMs = scenes[index]?.atMs ?? NEVER;
      if (scene === undefined) return null;
      if (scene.act === 'live' || scene.act === 'preparing') stage.isLive = scene.act === 'live';
      return actOfScene(scene, stage.drawer);
    },
  };
  return source;
}

function openAudience(stage: Stage): Source {
  const isAlive = stage.script.chatter !== undefined;
  const source: Source = {
    nextMs: isAlive ? 1000 : NEVER,
    fire() {
      source.nextMs += AUDIENCE_EVERY_MS;
      if (!stage.isLive) return null;
      const { random } = stage;
      return {
        kind: 'audience',
        watchedBy: random.int(1, 60),
        onlineShare: 0.85 + random.next() * 0.3,
        likesBy: random.int(0, 200),
      };
    },
  };
  return source;
}

/**
 * The whole story of a room, without end unless nothing is scripted: acts in the order of their times. The same
 * script, people and chance give the same story.
 */
export function* tellStory(
  script: RoomScript,
  crowd: readonly Person[],
  random: Random,
): Generator<TimedAct> {
  const stage: Stage = {
    script,
    random,
    drawer: openActDrawer(script, crowd, random),
    isLive: script.status === 1,
  };
  const sources = [
    openRhythm(stage),
    openScenes(stage),
    openAudience(stage),
    openAlerts(stage, () => stage.isLive),
    openChatter(stage),
  ];
  for (;;) {
    const next = sources.reduce((least, source) => (source.nextMs < least.nextMs ? source : least));
    const atMs = next.nextMs;
    if (atMs === NEVER) return;
    const act = next.fire();
    if (act !== null) yield { atMs, act };
  }
}
