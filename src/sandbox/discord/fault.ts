import type { z } from 'zod';

export interface FormError {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
}

/** A refusal in Discord's words: `code` is Discord's (https://discord.com/developers/docs/topics/opcodes-and-status-codes). */
export class DiscordFault extends Error {
  override readonly name = 'DiscordFault';
  readonly status: number;
  readonly code: number;
  readonly errors: object | null;

  constructor(status: number, code: number, message: string, errors: object | null = null) {
    super(message);
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  /** The body of the answer. */
  toBody(): object {
    return { message: this.message, code: this.code, ...(this.errors && { errors: this.errors }) };
  }
}

export const unauthorized = () => new DiscordFault(401, 0, '401: Unauthorized');
export const notFound = () => new DiscordFault(404, 0, '404: Not Found');
export const unknownChannel = () => new DiscordFault(404, 10003, 'Unknown Channel');
export const unknownGuild = () => new DiscordFault(404, 10004, 'Unknown Guild');
export const unknownMember = () => new DiscordFault(404, 10007, 'Unknown Member');
export const unknownMessage = () => new DiscordFault(404, 10008, 'Unknown Message');
export const unknownUser = () => new DiscordFault(404, 10013, 'Unknown User');
export const unknownWebhook = () => new DiscordFault(404, 10015, 'Unknown Webhook');
export const unknownInteraction = () => new DiscordFault(404, 10062, 'Unknown interaction');
export const unknownCommand = () => new DiscordFault(404, 10063, 'Unknown application command');
export const expiredWebhook = () => new DiscordFault(401, 50027, 'Invalid Webhook Token');
export const alreadyAnswered = () =>
  new DiscordFault(400, 40060, 'Interaction has already been acknowledged.');
export const tooLarge = () => new DiscordFault(413, 40005, 'Request entity too large');
export const unreadableBody = () => new DiscordFault(400, 50109, 'The request body contains invalid JSON.');
export const missingAccess = () => new DiscordFault(403, 50001, 'Missing Access');
export const notAuthor = () => new DiscordFault(403, 50005, 'Cannot edit a message authored by another user');
export const emptyMessage = () => new DiscordFault(400, 50006, 'Cannot send an empty message');
export const missingPermissions = () => new DiscordFault(403, 50013, 'Missing Permissions');

/** 50035 with Discord's nested `errors`: `{embeds: {0: {title: {_errors: [{code, message}]}}}}`. */
export function invalidForm(errors: readonly FormError[]): DiscordFault {
  const root: Record<string, unknown> = {};
  for (const { path, code, message } of errors) {
    let node = root;
    for (const key of path.map(String)) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    const list = (node._errors ?? []) as unknown[];
    node._errors = [...list, { code, message }];
  }
  return new DiscordFault(400, 50035, 'Invalid Form Body', root);
}

/** The value as the schema reads it. Throws 50035 that names every field that is wrong. */
export function readForm<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw invalidForm(result.error.issues.map(describeIssue));
}

function describeIssue(issue: z.core.$ZodIssue): FormError {
  const path = issue.path;
  switch (issue.code) {
    case 'too_big':
      return issue.origin === 'number' || issue.origin === 'int'
        ? { path, code: 'NUMBER_TYPE_MAX', message: `Must be less than or equal to ${issue.maximum}.` }
        : { path, code: 'BASE_TYPE_MAX_LENGTH', message: `Must be ${issue.maximum} or fewer in length.` };
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? { path, code: 'NUMBER_TYPE_MIN', message: `Must be greater than or equal to ${issue.minimum}.` }
        : { path, code: 'BASE_TYPE_MIN_LENGTH', message: `Must be ${issue.minimum} or more in length.` };
    case 'invalid_type':
      return /received undefined/.test(issue.message)
        ? { path, code: 'BASE_TYPE_REQUIRED', message: 'This field is required' }
        : { path, code: 'BASE_TYPE_BAD_TYPE', message: issue.message };
    case 'invalid_format':
      return { path, code: 'STRING_TYPE_REGEX', message: `String value did not match: ${issue.message}` };
    default:
      return { path, code: 'BASE_TYPE_BAD_VALUE', message: issue.message };
  }
}
