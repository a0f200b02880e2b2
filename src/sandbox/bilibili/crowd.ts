import { HOSTILE_NAMES, NAMES_BACK, NAMES_FRONT } from './chat-lines.ts';
import type { Random } from './random.ts';
import type { Medal, Person } from './room-script.ts';

interface Anchor {
  readonly roomId: number;
  readonly uid: number;
  readonly name: string;
  readonly medalName: string;
}

/** Uids of all ages: short ones, ten digits, and the sixteen digits given out today (still below 2^53). */
function drawUid(random: Random, index: number): number {
  const length = random.weighted({ '6': 1, '9': 4, '10': 3, '16': 3 } as const);
  const head = length === '16' ? '3' : '';
  // The index at the end keeps uids of one crowd apart.
  const tail = String(index).padStart(5, '0');
  return Number(`${head}${random.digits(Number(length) - head.length - 5)}${tail}`);
}

function drawMedal(random: Random, anchor: Anchor): Medal | null {
  if (random.chance(0.35)) return null;
  const isOwn = random.chance(0.8);
  const guardLevel = isOwn && random.chance(0.1) ? random.pick([3, 3, 3, 3, 3, 3, 2, 1] as const) : 0;
  return {
    name: isOwn ? anchor.medalName : random.pick(['鲸鱼岛', '小饼干', '晚风']),
    level: random.int(guardLevel > 0 ? 21 : 1, 40),
    ruid: isOwn ? anchor.uid : 900_000 + random.int(1, 999),
    roomId: isOwn ? anchor.roomId : 800_000 + random.int(1, 999),
    anchorName: isOwn ? anchor.name : '隔壁的主播',
    guardLevel,
    isLit: random.chance(0.85),
  };
}

/** Everybody who may speak in a room, the same for the same chance; hostile names are always among them. */
export function drawCrowd(random: Random, size: number, anchor: Anchor): Person[] {
  return Array.from({ length: size }, (_, index) => {
    const medal = drawMedal(random, anchor);
    const plain = `${random.pick(NAMES_FRONT)}${random.pick(NAMES_BACK)}${random.chance(0.4) ? random.int(1, 9999) : ''}`;
    return {
      uid: drawUid(random, index),
      // Every seventeenth, so that they come up in any crowd but are not most of it.
      name:
        index % 17 === 3 ? (HOSTILE_NAMES[Math.floor(index / 17) % HOSTILE_NAMES.length] ?? plain) : plain,
      medal,
      guardLevel: medal?.ruid === anchor.uid ? medal.guardLevel : 0,
      userLevel: random.int(1, 45),
      wealthLevel: random.int(0, 50),
      isAdmin: random.chance(0.01),
    };
  });
}
