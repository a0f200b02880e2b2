/** The rules of slash commands that Discord enforces when they are registered. */
import { z } from 'zod';
import { invalidForm, readForm } from './fault.ts';
import type { Json } from './shapes.ts';

export const COMMANDS_MAX = 100;
const COMMAND_CHARACTERS_MAX = 8000;
const SUBCOMMAND_GROUP = 2;

/** https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming */
const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const name = z
  .string()
  .regex(NAME, `${NAME}`)
  .refine((text) => text === text.toLowerCase(), 'Must be lower-case.');
const description = z.string().min(1).max(100);
const LOCALES = (
  'id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja ' +
  'zh-TW ko'
).split(' ');
const localized = (text: z.ZodType<string>) =>
  z.partialRecord(z.enum(LOCALES as [string, ...string[]]), text.nullable()).nullish();

const choice = z.looseObject({
  name: z.string().min(1).max(100),
  name_localizations: localized(z.string().min(1).max(100)),
  value: z.union([z.string().min(1).max(100), z.number()]),
});

const isRequiredFirst = (options: readonly { required?: boolean | null | undefined }[]) =>
  options.every(({ required }, at) => !required || options.slice(0, at).every((before) => before.required));
const isUnique = (options: readonly { name: string }[]) =>
  new Set(options.map((option) => option.name)).size === options.length;

const option: z.ZodType<Option> = z.lazy(() =>
  z
    .looseObject({
      type: z.int().min(1).max(11),
      name,
      name_localizations: localized(name),
      description,
      description_localizations: localized(description),
      required: z.boolean().nullish(),
      autocomplete: z.boolean().nullish(),
      choices: z.array(choice).max(25).nullish(),
      options: optionList.nullish(),
    })
    .refine((made) => !(made.autocomplete && made.choices?.length), 'Autocomplete excludes choices')
    .refine(
      (made) => !made.autocomplete || [3, 4, 10].includes(made.type),
      'Autocomplete is for text and numbers',
    ),
);
const optionList = z
  .array(option)
  .max(25)
  .refine(isRequiredFirst, 'Required options must be placed before non-required options')
  .refine(isUnique, 'Option name already exists')
  .refine(
    (all) => new Set(all.map(({ type }) => type <= SUBCOMMAND_GROUP)).size < 2,
    'Subcommands and options do not mix',
  );

interface Option {
  type: number;
  name: string;
  required?: boolean | null | undefined;
}

const commandForm = z.looseObject({
  type: z.int().min(1).max(4).default(1),
  name,
  name_localizations: localized(name),
  description,
  description_localizations: localized(description),
  options: optionList.nullish(),
  default_member_permissions: z.string().regex(/^\d+$/, 'bit set').nullish(),
  contexts: z.array(z.int().min(0).max(2)).nullish(),
  nsfw: z.boolean().nullish(),
});

/** Throws 50035 for a list that Discord would refuse. */
export function readCommandForms(body: unknown): Json[] {
  const forms = readForm(
    z.array(commandForm).max(COMMANDS_MAX).refine(isUnique, 'Application command names must be unique'),
    body,
  );
  const long = forms.flatMap((form, index) =>
    countCharacters(form) > COMMAND_CHARACTERS_MAX ? [index] : [],
  );
  if (long.length === 0) return forms as Json[];
  throw invalidForm(
    long.map((index) => ({
      path: [index],
      code: 'APPLICATION_COMMAND_TOO_LARGE',
      message: `Command exceeds maximum size of ${COMMAND_CHARACTERS_MAX}`,
    })),
  );
}

export function readCommandForm(body: unknown): Json {
  return readCommandForms([body])[0] ?? {};
}

const COUNTED = ['name', 'description', 'value'];

/** Names, descriptions and values; of localisations the longest counts in place of the text when longer. */
function countCharacters(node: unknown): number {
  if (Array.isArray(node)) return node.reduce((sum: number, inner) => sum + countCharacters(inner), 0);
  if (typeof node !== 'object' || node === null) return 0;
  return Object.entries(node).reduce((sum, [key, value]) => {
    if (COUNTED.includes(key)) {
      const localized = (node as Json)[`${key}_localizations`] as Json | null | undefined;
      const texts = [value, ...Object.values(localized ?? {})].map((text) => String(text ?? '').length);
      return sum + Math.max(...texts);
    }
    return key === 'options' || key === 'choices' ? sum + countCharacters(value) : sum;
  }, 0);
}
