/** Validates requests against Discord's own OpenAPI description, where the machine has it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Recorded } from './loopback.ts';

const FILE = path.resolve('../shared/discord/openapi.json');

export const HAS_SCHEMA =
  existsSync(FILE) || (process.env.LIVELARK_REQUIRE ?? '').split(',').includes('shared');

let ajv: Ajv2020 | null = null;

function openAjv(): Ajv2020 {
  const opened = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(opened);
  for (const format of ['snowflake', 'int32', 'int64', 'double', 'nonce']) opened.addFormat(format, true);
  return opened.addSchema(JSON.parse(readFileSync(FILE, 'utf8')), 'discord');
}

/** What is wrong with a request to Discord; empty when nothing is, or when the description is absent. */
export function findFaults(request: Recorded): string[] {
  const schema = HAS_SCHEMA && request.body !== null ? schemaOf(request) : null;
  if (schema === null) return [];
  ajv ??= openAjv();
  const reference = `discord#/components/schemas/${schema}`;
  const validate = ajv.getSchema(reference);
  if (validate === undefined) throw new Error(`Discord's description has no ${schema}`);
  const bodies = Array.isArray(request.body) ? request.body : [request.body];
  return bodies.flatMap((body) => {
    validate(relaxed(body));
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${schema}${instancePath} ${message}: ${JSON.stringify(body)}`,
    );
  });
}

function schemaOf({ method, path: at, body }: Recorded): string | null {
  if (method === 'PUT' && at.endsWith('/commands')) return 'ApplicationCommandUpdateRequest';
  if (method === 'PATCH' && at.endsWith('/messages/@original')) return 'IncomingWebhookUpdateRequestPartial';
  if (method === 'POST' && at.startsWith('/webhooks/')) return 'IncomingWebhookRequestPartial';
  if (!at.endsWith('/callback')) return null;
  return body?.type === 8
    ? 'ApplicationCommandAutocompleteCallbackRequest'
    : 'CreateMessageInteractionCallbackRequest';
}

/** Permission bit sets are strings on the wire though the file says integer. */
function relaxed(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'default_member_permissions' && typeof value === 'string' ? Number(value) : value,
  );
}
