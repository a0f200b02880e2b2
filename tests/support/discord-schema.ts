/** Holds the requests that the bot made against Discord's own OpenAPI description, where the machine has it. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { LoggedRequest } from '#src/sandbox/discord/sandbox.ts';

const FILE = path.resolve('../shared/discord/openapi.json');
const FORMATS = ['snowflake', 'int32', 'int64', 'double', 'nonce'];
/** Bit sets are strings on the wire though the description says integer. */
const BIT_SETS = ['default_member_permissions', 'permissions', 'allow', 'deny'];
const ERRORS_MAX = 5;
const BODY_CHARACTERS_MAX = 400;

/** False: the description is not there (nor required), and `validateRequests` finds nothing. */
export const HAS_DISCORD_SCHEMA =
  existsSync(FILE) || (process.env.LIVELARK_REQUIRE ?? '').split(',').includes('shared');

export interface Checked extends Pick<LoggedRequest, 'method' | 'route' | 'path' | 'query' | 'body'> {
  readonly files: readonly object[];
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: object;
}

interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, object>>;
  };
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Opened {
  readonly description: Description;
  readonly ajv: Ajv2020;
  readonly validators: Map<string, ValidateFunction>;
}

let opened: Opened | null = null;

function open(): Opened {
  const description = JSON.parse(readFileSync(FILE, 'utf8'));
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });
  addFormats.default(ajv, ['date-time', 'uri']);
  for (const format of FORMATS) ajv.addFormat(format, true);
  ajv.addSchema(description, 'discord');
  return { description, ajv, validators: new Map() };
}

/** What is wrong with the requests, one line each; empty when nothing is (or without the description). */
export function validateRequests(requests: readonly Checked[]): string[] {
  if (!HAS_DISCORD_SCHEMA) return [];
  opened ??= open();
  const description = opened;
  return requests.flatMap((request) => validate(description, request));
}

function validate(opened: Opened, request: Checked): string[] {
  const name = `${request.method} ${request.route ?? request.path}`;
  const item = opened.description.paths[request.route ?? ''];
  const method = request.method.toLowerCase();
  const operation = item?.[method] as Operation | undefined;
  if (!item || !operation) return [`${name}: not in Discord's description`];
  const pointer = ['paths', request.route ?? '', method].map(toStep).join('/');
  const faults = [
    ...bodyFaults(opened, pointer, operation, request),
    ...queryFaults(
      opened,
      [...((item.parameters ?? []) as Parameter[]), ...(operation.parameters ?? [])],
      request,
    ),
  ];
  return faults.map((fault) => `${name}: ${fault}`);
}

/** One step of a JSON pointer in a URI fragment. */
const toStep = (key: string) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));

function bodyFaults(
  { ajv, validators }: Opened,
  pointer: string,
  { requestBody }: Operation,
  { body, files }: Checked,
): string[] {
  const isMultipart = files.length > 0;
  if (!requestBody) return body === null ? [] : ['has a body where Discord takes none'];
  if (body === null) return requestBody.required ? ['has no body'] : [];
  const content = requestBody.content;
  if (isMultipart && !content['multipart/form-data']) return ['has files where Discord takes none'];
  // `payload_json` of a multipart body is what the same operation takes as JSON.
  const type = content['application/json'] ? 'application/json' : 'multipart/form-data';
  const key = `discord#/${pointer}/requestBody/content/${toStep(type)}/schema`;
  const validator = validators.get(key) ?? ajv.compile({ $ref: key });
  validators.set(key, validator);
  if (validator(relax(body))) return [];
  const errors = (validator.errors ?? []).filter(({ keyword }) => !['anyOf', 'oneOf'].includes(keyword));
  const told = [...new Set(errors.map(({ instancePath, message }) => `${instancePath || '/'} ${message}`))];
  const shown = JSON.stringify(body).slice(0, BODY_CHARACTERS_MAX);
  return [`${told.slice(0, ERRORS_MAX).join('; ') || 'fits none of the shapes'} in ${shown}`];
}

/** What is wrong with an answer of the stand-in; empty when nothing is (or without the description). */
export function validateAnswer(method: string, route: string, status: number, body: unknown): string[] {
  if (!HAS_DISCORD_SCHEMA) return [];
  opened ??= open();
  const pointer = ['paths', route, method.toLowerCase(), 'responses', String(status)].map(toStep).join('/');
  const validator = opened.ajv.compile({
    $ref: `discord#/${pointer}/content/${toStep('application/json')}/schema`,
  });
  if (validator(body)) return [];
  return (validator.errors ?? []).map(({ instancePath, message }) => `${route}${instancePath} ${message}`);
}

function queryFaults({ ajv }: Opened, parameters: readonly Parameter[], { query }: Checked): string[] {
  const known = new Map(parameters.filter((one) => one.in === 'query').map((one) => [one.name, one]));
  const unknown = Object.keys(query).filter((name) => !known.has(name));
  const wrong = [...known.values()].flatMap(({ name, schema, required }) => {
    const text = query[name];
    if (text === undefined) return required ? [`query ${name} is missing`] : [];
    const check = ajv.compile(withRoot(schema));
    return [text, readScalar(text)].some((value) => check(value))
      ? []
      : [`query ${name}=${text} does not fit`];
  });
  return [...unknown.map((name) => `query ${name} is unknown`), ...wrong];
}

/** References of a part taken out of the description, made whole. */
function withRoot(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"discord#/'));
}

function readScalar(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function relax(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body), (key, value) =>
    BIT_SETS.includes(key) && typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value,
  );
}
