import type { BlindBox, GiftKind } from '../gifts.ts';
import { base64, bool, float, int, message, text } from '../protobuf.ts';
import { type GiftFacts, type Giver, giftPictureUrl } from './gift.ts';
import { medalColour } from './person.ts';
import { uinfoFields } from './person-fields.ts';

function giftItem(facts: GiftFacts, giver: Giver): Buffer {
  const { gift } = facts;
  const isGold = gift.coin === 'gold';
  return message(
    10,
    int(1, gift.id),
    text(2, gift.name),
    int(3, facts.count),
    int(4, 2),
    int(5, gift.price),
    int(6, facts.discountPrice),
    int(7, facts.totalCoin),
    text(8, gift.coin),
    text(9, facts.tid),
    int(10, Math.floor(facts.atMs / 1000)),
    int(11, isGold ? facts.comboCount : 0),
    text(12, facts.comboId),
    int(13, 1),
    int(14, isGold ? facts.comboCoin : 0),
    int(15, 5),
    float(16, 1),
    bool(17, facts.isComboStart),
    text(18, '投喂'),
    int(24, 1000),
    message(29, text(1, giver.receiver.name), int(2, giver.receiver.uid)),
    ...(facts.fromBag ? [message(31, int(1, 1), int(2, gift.price))] : []),
    message(
      35,
      text(1, giftPictureUrl(giver.origin, gift, 'png')),
      text(2, giftPictureUrl(giver.origin, gift, 'webp')),
    ),
  );
}

/** SEND_GIFT_V2 of one or more charges of one giver: `data.pb` is a SendGiftBroadcast. */
export function sendGiftV2(items: readonly GiftFacts[], giver: Giver): object {
  const { person } = giver;
  const { medal } = person;
  const opened = items.find((item) => item.box !== null);
  const colour = medal === null ? 0 : medalColour(medal);
  const pb = base64(
    int(1, person.uid),
    text(2, person.name),
    text(3, giver.face),
    int(5, person.guardLevel),
    ...(giver.sendMaster === null
      ? []
      : [message(7, int(1, giver.sendMaster.uid), text(2, giver.sendMaster.uname))]),
    ...(medal === null
      ? []
      : [
          message(
            8,
            int(1, medal.ruid),
            int(5, medal.level),
            text(6, medal.name),
            int(7, colour),
            int(8, colour),
            int(9, colour),
            int(10, colour),
            bool(11, medal.isLit),
            int(12, medal.guardLevel),
          ),
        ]),
    ...(opened?.box ? [blindFields(opened.box, opened.gift)] : []),
    ...items.map((item) => giftItem(item, giver)),
    bool(11, true),
    message(13, int(1, person.wealthLevel)),
    message(15, ...uinfoFields(person, giver.face)),
  );
  return { cmd: 'SEND_GIFT_V2', danmu: { area: 1 }, data: { dmscore: 100, pb } };
}

function blindFields(box: BlindBox, gift: GiftKind): Buffer {
  return message(
    9,
    int(1, box.configId),
    int(2, box.id),
    text(3, box.name),
    text(5, '爆出'),
    int(6, box.price),
    int(7, gift.price),
  );
}
