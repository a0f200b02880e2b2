/* Embeds and attachments. */
import { colorOf, h, link, safeUrl } from './dom.js';
import { inline, markdown, writeTime } from './markdown.js';

/** Pictures of the other stand-ins are on this machine, which has no certificate: Discord's media proxy would not mind. */
const onLoopback = (url) => url?.replace(/^https:(\/\/(?:127\.0\.0\.1|localhost)[:/])/, 'http:$1');

/** A picture of this machine; one that cannot be loaded leaves its name. */
export function picture(url, className, alt = '') {
  const made = h('img', {
    class: className,
    src: onLoopback(safeUrl(url)),
    alt,
    title: alt,
    loading: 'lazy',
  });
  made.addEventListener('error', () =>
    made.replaceWith(h('span', { class: `${className} lost`, title: url }, alt || 'no picture')),
  );
  return made;
}

const icon = (url) => (url ? picture(url, 'embed-icon') : null);
const titled = (url, nodes) => (safeUrl(url) ? link(safeUrl(url), ...nodes) : nodes);

export function renderEmbed(embed) {
  const { author, title, description, fields = [], image, thumbnail, footer } = embed;
  const foot = [footer?.text, embed.timestamp ? writeTime(Date.parse(embed.timestamp), 'f') : null];
  const body = h(
    'div',
    { class: 'embed-body' },
    author && h('div', { class: 'embed-author' }, icon(author.icon_url), titled(author.url, [author.name])),
    title && h('div', { class: 'embed-title' }, titled(embed.url, inline(title))),
    description && h('div', { class: 'embed-text' }, ...markdown(description)),
    fields.length > 0 ? renderFields(fields) : null,
  );
  return h(
    'article',
    { class: 'embed', style: { borderLeftColor: colorOf(embed.color) ?? '' } },
    h('div', { class: 'embed-top' }, body, thumbnail ? picture(thumbnail.url, 'embed-thumb') : null),
    image ? picture(image.url, 'embed-image', image.description ?? '') : null,
    foot.some(Boolean)
      ? h('div', { class: 'embed-foot' }, icon(footer?.icon_url), foot.filter(Boolean).join(' • '))
      : null,
  );
}

/** Inline fields stand three in a row, as at Discord; one that is not takes the row. */
function renderFields(fields) {
  return h(
    'div',
    { class: 'fields' },
    ...fields.map((field) =>
      h(
        'div',
        { class: field.inline ? 'field inline' : 'field' },
        h('div', { class: 'field-name' }, ...inline(field.name)),
        h('div', { class: 'field-value' }, ...markdown(field.value)),
      ),
    ),
  );
}

export function renderAttachment({ url, filename, size, content_type, description }) {
  if (content_type?.startsWith('image/')) return picture(url, 'attached', description ?? filename);
  return h('div', { class: 'file' }, link(url, filename), h('small', {}, ` ${(size / 1024).toFixed(1)} KB`));
}
