/** The look of answers, plain: enough to see which text went through the escape. */
import type { Format } from '#src/sdk.ts';
import { formatMilli } from '#src/sdk.ts';

export const plainFormat: Format = {
  text: (outside, lengthMax = 100) => outside.replace(/[\\`*_~|<>@[\]()#:]/gu, '').slice(0, lengthMax),
  money: formatMilli,
  number: (value) => value.toLocaleString('en-US'),
  time: (ms, style = 'R') => `<t:${Math.floor(ms / 1000)}:${style}>`,
  duration: (ms) => `${Math.round(ms / 60_000)} min`,
  roomLink: ({ room, name }) => `[${plainFormat.text(name)}](https://live.bilibili.com/${room})`,
  embed: ({ title, description, fields, footer, imageName }) => ({
    ...(title === undefined ? {} : { title }),
    ...(description === undefined ? {} : { description }),
    ...(fields === undefined ? {} : { fields: [...fields] }),
    ...(footer === undefined ? {} : { footer: { text: footer } }),
    ...(imageName === undefined ? {} : { image: { url: `attachment://${imageName}` } }),
  }),
};
