const NUMBER = new Intl.NumberFormat('en-US', { minimumFractionDigits: 0, maximumFractionDigits: 2 });

/** `¥1,234.5` from 1/1000 CNY: thousands separators, at most two decimals, no trailing zeros (contract §3). */
export function formatMilli(milli: number): string {
  return `${milli < 0 ? '-' : ''}¥${NUMBER.format(Math.abs(milli) / 1000)}`;
}

/** 1/1000 CNY from an amount in CNY, rounded to the nearest. */
export function milliOfCny(cny: number): number {
  return Math.round(cny * 1000);
}
