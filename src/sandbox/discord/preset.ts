/** How a test or the demo describes a server, and the server that stands when none is described. */
import { PermissionFlagsBits as P } from 'discord.js';

export interface ChannelSpec {
  readonly id?: string;
  readonly name: string;
  readonly topic?: string;
  /** 0 text (default), 4 category. A category takes the channels that follow it. */
  readonly type?: number;
}

export interface RoleSpec {
  readonly id?: string;
  readonly name: string;
  readonly permissions?: bigint;
  readonly color?: number;
  readonly mentionable?: boolean;
}

export interface MemberSpec {
  readonly id?: string;
  readonly name: string;
  readonly displayName?: string;
  /** Names of roles. */
  readonly roles?: readonly string[];
  /** The owner may do everything; the first member is the owner when none says so. */
  readonly isOwner?: boolean;
}

export interface GuildSpec {
  readonly id?: string;
  readonly name: string;
  /** Discord's `preferred_locale`. */
  readonly locale?: string;
  readonly channels: readonly ChannelSpec[];
  readonly roles?: readonly RoleSpec[];
  readonly members?: readonly MemberSpec[];
}

export const EVERYONE_PERMISSIONS =
  P.ViewChannel |
  P.SendMessages |
  P.ReadMessageHistory |
  P.UseApplicationCommands |
  P.AddReactions |
  P.EmbedLinks |
  P.AttachFiles |
  P.SendMessagesInThreads |
  P.CreatePublicThreads;

/** What the bot's own role has: what an invite link of a bot like ours asks for. */
export const BOT_PERMISSIONS =
  P.ViewChannel |
  P.SendMessages |
  P.SendMessagesInThreads |
  P.EmbedLinks |
  P.AttachFiles |
  P.ReadMessageHistory |
  P.MentionEveryone;

export const DEFAULT_OWNER_ID = '1100000000000000101';
export const DEFAULT_MEMBER_ID = '1100000000000000102';
export const DEFAULT_GUILD_ID = '1100000000000000001';

/** Ids are fixed, so that a bot that is restarted on a fresh stand-in finds its channels again. */
export const DEFAULT_GUILDS: readonly GuildSpec[] = [
  {
    id: DEFAULT_GUILD_ID,
    name: 'Starlight Café',
    locale: 'en-US',
    channels: [
      { id: '1100000000000000010', name: 'Bilibili', type: 4 },
      { id: '1100000000000000011', name: 'live-alerts', topic: 'Broadcasts that start and end' },
      { id: '1100000000000000012', name: 'gifts', topic: 'Gifts, guards and super chats · 礼物与大航海' },
      { id: '1100000000000000013', name: 'commands', topic: 'Type / to ask the bot' },
    ],
    roles: [
      {
        id: '1100000000000000201',
        name: 'moderators',
        permissions: P.ManageGuild | P.ManageMessages,
        color: 0x2ecc71,
      },
      { id: '1100000000000000202', name: 'live-fans', color: 0xe91e63, mentionable: true },
    ],
    members: [
      { id: DEFAULT_OWNER_ID, name: 'mira', displayName: 'Mira', isOwner: true, roles: ['moderators'] },
      { id: DEFAULT_MEMBER_ID, name: 'xiaoman', displayName: '小满', roles: ['live-fans'] },
    ],
  },
];
