/** The limits on messages that Discord enforces beyond its published description. */
import { z } from 'zod';
import { type FormError, invalidForm, readForm, tooLarge } from './fault.ts';
import type { Json } from './shapes.ts';

export const FILE_BYTES_MAX = 10 * 1024 * 1024;
const FILES_MAX = 10;
const EMBED_CHARACTERS_MAX = 6000;
const V2_COMPONENTS_MAX = 40;
const V2_CHARACTERS_MAX = 4000;
export const FLAG_EPHEMERAL = 1 << 6;
export const FLAG_COMPONENTS_V2 = 1 << 15;

const url = z
  .string()
  .max(2048)
  .regex(/^(?:https?|attachment):\/\/\S+$/i, 'http, https or attachment URL');
const link = z
  .string()
  .max(2048)
  .regex(/^https?:\/\/\S+$/i, 'http or https URL');
const customId = z.string().min(1).max(100);
const picture = z.looseObject({ url });

export const embedForm = z.looseObject({
  title: z.string().max(256).nullish(),
  description: z.string().max(4096).nullish(),
  url: link.nullish(),
  color: z.int().min(0).max(0xffffff).nullish(),
  timestamp: z
    .string()
    .refine((text) => !Number.isNaN(Date.parse(text)), 'not an ISO 8601 time')
    .nullish(),
  footer: z.looseObject({ text: z.string().max(2048), icon_url: url.nullish() }).nullish(),
  author: z
    .looseObject({ name: z.string().max(256), url: link.nullish(), icon_url: url.nullish() })
    .nullish(),
  image: picture.nullish(),
  thumbnail: picture.nullish(),
  fields: z
    .array(z.looseObject({ name: z.string().min(1).max(256), value: z.string().min(1).max(1024) }))
    .max(25)
    .nullish(),
});

const button = z
  .looseObject({
    type: z.literal(2),
    style: z.int().min(1).max(6),
    label: z.string().max(80).nullish(),
    custom_id: customId.nullish(),
    url: z.string().max(512).nullish(),
  })
  .refine(({ style, url }) => style !== 5 || typeof url === 'string', 'A link button needs a url')
  .refine((made) => made.style >= 5 || typeof made.custom_id === 'string', 'A button needs a custom_id')
  .refine(({ label, emoji }) => Boolean(label || emoji), 'A button needs a label or an emoji');

const select = {
  custom_id: customId,
  placeholder: z.string().max(150).nullish(),
  min_values: z.int().min(0).max(25).nullish(),
  max_values: z.int().min(1).max(25).nullish(),
};
const choice = z.looseObject({
  label: z.string().min(1).max(100),
  value: z.string().min(1).max(100),
  description: z.string().max(100).nullish(),
});
const stringSelect = z.looseObject({
  type: z.literal(3),
  ...select,
  options: z
    .array(choice)
    .min(1)
    .max(25)
    .refine((all) => new Set(all.map(({ value }) => value)).size === all.length, 'Option values are unique'),
});
const entitySelect = z.looseObject({ type: z.literal([5, 6, 7, 8]), ...select });

export const rowForm = z
  .looseObject({
    type: z.literal(1),
    components: z
      .array(z.discriminatedUnion('type', [button, stringSelect, entitySelect]))
      .min(1)
      .max(5),
  })
  .refine(
    ({ components }) => components.length === 1 || components.every(({ type }) => type === 2),
    'A select fills its row',
  );

const attachment = z.looseObject({
  id: z.union([z.string(), z.int()]),
  filename: z.string().max(1024).nullish(),
  description: z.string().max(1024).nullish(),
});

const messageForm = z.looseObject({
  content: z.string().max(2000).nullish(),
  embeds: z.array(embedForm).max(10).nullish(),
  components: z.array(z.looseObject({ type: z.int() })).nullish(),
  attachments: z.array(attachment).max(FILES_MAX).nullish(),
  flags: z.int().min(0).nullish(),
  nonce: z.union([z.string().max(25), z.int()]).nullish(),
  enforce_nonce: z.boolean().nullish(),
  allowed_mentions: z
    .looseObject({
      parse: z.array(z.enum(['roles', 'users', 'everyone'])).optional(),
      roles: z.array(z.string()).max(100).optional(),
      users: z.array(z.string()).max(100).optional(),
    })
    .refine(
      (given) => !(given.parse?.includes('roles') && given.roles?.length),
      'parse:["roles"] and roles: [ids...] are mutually exclusive.',
    )
    .refine(
      (given) => !(given.parse?.includes('users') && given.users?.length),
      'parse:["users"] and users: [ids...] are mutually exclusive.',
    )
    .nullish(),
});

export type MessageForm = z.infer<typeof messageForm>;

export interface UploadedFile {
  readonly field: string;
  readonly name: string;
  readonly contentType: string;
  readonly data: Buffer;
}

/**
 * The message as it was sent. Throws 50035 with every fault, 40005 for a file over 10 MiB.
 * `kept` are the names of files that an edited message has already.
 */
export function readMessageForm(
  body: unknown,
  files: readonly UploadedFile[],
  flagsBefore: number,
  kept: readonly string[],
): MessageForm {
  if (files.some(({ data }) => data.length > FILE_BYTES_MAX)) throw tooLarge();
  const form = readForm(messageForm, body ?? {});
  const isV2 = (((form.flags ?? 0) | flagsBefore) & FLAG_COMPONENTS_V2) !== 0;
  if (!isV2) readForm(z.array(rowForm).max(5), rowsOf(form));
  const faults = [
    ...embedFaults(form),
    ...(isV2 ? v2Faults(form) : []),
    ...customIdFaults(form),
    ...fileFaults(form, files, kept),
  ];
  if (faults.length > 0) throw invalidForm(faults);
  return form;
}

const rowsOf = (form: MessageForm) => form.components ?? [];
const fault = (path: PropertyKey[], message: string, code = 'BASE_TYPE_BAD_VALUE'): FormError => ({
  path,
  code,
  message,
});

function embedFaults({ embeds }: MessageForm): FormError[] {
  const lengthOf = (embed: z.infer<typeof embedForm>) =>
    [
      embed.title,
      embed.description,
      embed.footer?.text,
      embed.author?.name,
      ...(embed.fields ?? []).flatMap(({ name, value }) => [name, value]),
    ].reduce((sum, text) => sum + (text?.length ?? 0), 0);
  const total = (embeds ?? []).reduce((sum, embed) => sum + lengthOf(embed), 0);
  if (total <= EMBED_CHARACTERS_MAX) return [];
  const message = `Embed size exceeds maximum size of ${EMBED_CHARACTERS_MAX}`;
  return [fault(['embeds'], message, 'MAX_EMBED_SIZE_EXCEEDED')];
}

/** Every component, however deep. */
export function flattenComponents(components: readonly Json[]): Json[] {
  return components.flatMap((component) => [
    component,
    ...flattenComponents((component.components as Json[] | undefined) ?? []),
    ...(component.accessory ? flattenComponents([component.accessory as Json]) : []),
    ...(component.component ? flattenComponents([component.component as Json]) : []),
  ]);
}

function v2Faults(form: MessageForm): FormError[] {
  const all = flattenComponents(rowsOf(form));
  const characters = all.reduce((sum, { content }) => sum + String(content ?? '').length, 0);
  const says = (path: string, message: string) => fault([path], message);
  return [
    ...(form.content ? [says('content', 'Not allowed with MessageFlags.IS_COMPONENTS_V2')] : []),
    ...(form.embeds?.length ? [says('embeds', 'Not allowed with MessageFlags.IS_COMPONENTS_V2')] : []),
    ...(all.length > V2_COMPONENTS_MAX ? [says('components', 'Must be 40 or fewer in all.')] : []),
    ...(characters > V2_CHARACTERS_MAX ? [says('components', 'Text must be 4000 or fewer in all.')] : []),
  ];
}

function customIdFaults(form: MessageForm): FormError[] {
  const ids = flattenComponents(rowsOf(form)).flatMap(({ custom_id }) => custom_id ?? []);
  if (new Set(ids).size === ids.length) return [];
  return [
    fault(['components'], 'Component custom id cannot be duplicated', 'COMPONENT_CUSTOM_ID_DUPLICATED'),
  ];
}

/** Names in `attachment://…` anywhere in embeds and components. */
export function referencedFiles(...parts: unknown[]): string[] {
  return [...JSON.stringify(parts).matchAll(/"attachment:\/\/([^"]+)"/g)].map((match) => match[1] ?? '');
}

function fileFaults(form: MessageForm, files: readonly UploadedFile[], kept: readonly string[]): FormError[] {
  const names = new Set([...kept, ...files.map(({ name }) => name)]);
  const missing = referencedFiles(form.embeds, form.components).filter((name) => !names.has(name));
  const fields = new Set(files.map(({ field }) => field));
  const dangling = (form.attachments ?? []).filter(
    ({ id }) => Number(id) < FILES_MAX && !fields.has(`files[${id}]`),
  );
  return [
    ...missing.map((name) =>
      fault(['embeds'], `attachment://${name} was not uploaded`, 'ATTACHMENT_NOT_FOUND'),
    ),
    ...dangling.map(({ id }) => fault(['attachments'], `files[${id}] was not uploaded`)),
    ...(files.length > FILES_MAX ? [fault(['files'], `Must be ${FILES_MAX} or fewer in length.`)] : []),
  ];
}
