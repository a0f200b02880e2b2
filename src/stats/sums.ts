/** Counters that rows add up to, the same for a minute and a broadcast. */
export interface Sums {
  danmaku: number;
  maskedDanmaku: number;
  gifts: number;
  giftMilli: number;
  superChats: number;
  superChatMilli: number;
  guards: number;
  guardMilli: number;
  maskedMilli: number;
}

/** What the counters need to know of a payment. `masked`: Bilibili hides the person. */
export interface CountedPayment {
  readonly kind: 'gift' | 'super-chat' | 'guard';
  /** Items of a gift. */
  readonly count: number;
  readonly paidMilli: number;
  readonly masked: boolean;
  /** Free days that follow a purchase: neither a purchase nor money. */
  readonly isBonus: boolean;
}

export function emptySums(): Sums {
  return {
    danmaku: 0,
    maskedDanmaku: 0,
    gifts: 0,
    giftMilli: 0,
    superChats: 0,
    superChatMilli: 0,
    guards: 0,
    guardMilli: 0,
    maskedMilli: 0,
  };
}

export function addDanmaku(sums: Sums, masked: boolean): void {
  sums.danmaku += 1;
  if (masked) sums.maskedDanmaku += 1;
}

/** Adds a payment (`sign` 1) or takes it back (-1). `gifts` counts items, `guards` purchases. */
export function addPayment(sums: Sums, payment: CountedPayment, sign: 1 | -1): void {
  if (payment.isBonus) return;
  const paidMilli = payment.paidMilli * sign;
  switch (payment.kind) {
    case 'gift':
      sums.gifts += payment.count * sign;
      sums.giftMilli += paidMilli;
      break;
    case 'super-chat':
      sums.superChats += sign;
      sums.superChatMilli += paidMilli;
      break;
    case 'guard':
      sums.guards += sign;
      sums.guardMilli += paidMilli;
      break;
  }
  if (payment.masked) sums.maskedMilli += paidMilli;
}
