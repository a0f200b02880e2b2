/** Validates requests against Discord's own OpenAPI description, where the machine has it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const FILE = path.resolve('../shared/discord/openapi.json');

export const HAS_SCHEMA =
  existsSync(FILE) || (process.env.LIVELARK_REQUIRE ?? '').split(',').includes('shared');

/** Finds what is wrong with a body of one of Discord's schemas; empty when nothing is. */
export function openSchema(): (schema: string, body: unknown) => string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  for (const format of ['snowflake', 'int32', 'int64', 'double', 'nonce']) ajv.addFormat(format, true);
  ajv.addSchema(JSON.parse(readFileSync(FILE, 'utf8')), 'discord');
  return (schema, body) => {
    const validate = ajv.compile({ $ref: `discord#/components/schemas/${schema}` });
    validate(relaxed(body));
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

/** Permission bit sets are strings on the wire though the file says integer. */
function relaxed(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    key === 'default_member_permissions' && typeof value === 'string' ? Number(value) : value,
  );
}
