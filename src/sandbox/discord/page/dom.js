/* Elements are built, never parsed: text from outside only ever becomes a text node. */

/** `h('a', {class: 'x', href: '…', onclick}, 'text', node)`; null children are left out. */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (key === 'style') Object.assign(made.style, value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A link or picture address, or null when it is neither http nor https. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
  } catch {
    return null;
  }
}

export const link = (url, ...children) =>
  h('a', { href: url, target: '_blank', rel: 'noopener noreferrer nofollow', title: url }, ...children);

export function colorOf(number) {
  return number ? `#${number.toString(16).padStart(6, '0')}` : null;
}
