import { createHash } from 'node:crypto';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:100vh;margin:0}
form{display:grid;gap:12px;width:min(320px,90vw)}h1{font-size:20px;margin:0}input,button{font:inherit;padding:10px;border-radius:8px;border:1px solid #8886}
button{background:#0d7d8c;color:#fff;border:0;cursor:pointer}p{margin:0;color:#d33}`;

/** The page stands alone, so that nothing else has to be open before the login; its one style is allowed by hash. */
export const LOGIN_CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

/** The login form; `isRefused` after a wrong token. */
export function loginPage(isRefused: boolean): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Livelark – log in</title><style>${STYLE}</style></head><body><form method="post" action="/login"><h1>Livelark</h1>
<label for="token">ADMIN_TOKEN</label><input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
${isRefused ? '<p role="alert">This is not the ADMIN_TOKEN.</p>' : ''}<button>Log in</button></form></body></html>`;
}
