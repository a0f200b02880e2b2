/** The channel that is to be posted to, and whether the bot may. */
import {
  type ChatInputCommandInteraction,
  DiscordAPIError,
  PermissionFlagsBits,
  PermissionsBitField,
} from 'discord.js';
import { UserError } from '#src/lib/errors.ts';

type Interaction = ChatInputCommandInteraction<'cached' | 'raw'>;

/** Everything that a post with a picture needs. */
const NEEDED = [
  ['View Channel', PermissionFlagsBits.ViewChannel],
  ['Send Messages', PermissionFlagsBits.SendMessages],
  ['Embed Links', PermissionFlagsBits.EmbedLinks],
  ['Attach Files', PermissionFlagsBits.AttachFiles],
] as const;

const THREADS = new Set([10, 11, 12]);

/** The `channel` option, or the channel of the command. Throws UserError naming the permissions that the bot lacks there. */
export async function readChannel(interaction: Interaction): Promise<string> {
  const chosen = interaction.options.getChannel('channel');
  const channelId = chosen?.id ?? interaction.channelId;
  const type = chosen?.type ?? interaction.channel?.type;
  const permissions = await findOwnPermissions(interaction, channelId);
  if (permissions === null) return channelId;
  const missing = NEEDED.map(([name, bit]) =>
    bit === PermissionFlagsBits.SendMessages && type !== undefined && THREADS.has(type)
      ? (['Send Messages in Threads', PermissionFlagsBits.SendMessagesInThreads] as const)
      : ([name, bit] as const),
  )
    .filter(([, bit]) => !permissions.has(bit))
    .map(([name]) => `**${name}**`);
  if (missing.length === 0) return channelId;
  throw new UserError(
    `I cannot post in <#${channelId}>: I lack ${missing.join(', ')} there. Grant it in the channel's settings, then try again.`,
  );
}

/** What the bot may in a channel; null when nobody can say before trying (the guild is not in memory). */
async function findOwnPermissions(interaction: Interaction, channelId: string) {
  if (channelId === interaction.channelId) return interaction.appPermissions;
  const { guild } = interaction;
  if (guild === null) return null;
  try {
    const channel = await guild.channels.fetch(channelId);
    const me = guild.members.me ?? (await guild.members.fetchMe());
    return channel?.permissionsFor(me) ?? new PermissionsBitField();
  } catch (error) {
    // Missing Access, or a channel that went in the meantime: it cannot be seen.
    if (error instanceof DiscordAPIError && (error.code === 50001 || error.code === 10003))
      return new PermissionsBitField();
    throw error;
  }
}
