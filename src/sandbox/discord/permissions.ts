import { PermissionFlagsBits as P } from 'discord.js';
import { missingAccess, missingPermissions } from './fault.ts';
import type { Channel } from './shapes.ts';
import { findGuild, type World } from './world.ts';

export const ALL_PERMISSIONS = Object.values(P).reduce((sum, bit) => sum | bit, 0n);

export type PermissionName = keyof typeof P;

/** The bits that a member has in a channel (in the guild when null), by Discord's order: everyone, roles, member. */
export function permissionsOf(
  world: World,
  guildId: string,
  userId: string,
  channel: Channel | null,
): bigint {
  const guild = findGuild(world, guildId);
  const member = guild?.members.find(({ user }) => user.id === userId);
  if (!guild || !member) return 0n;
  if (guild.ownerId === userId) return ALL_PERMISSIONS;
  const held = guild.roles.filter(({ id }) => id === guildId || member.roles.includes(id));
  let bits = held.reduce((sum, role) => sum | BigInt(role.permissions), 0n);
  if ((bits & P.Administrator) !== 0n) return ALL_PERMISSIONS;
  if (channel === null) return bits;
  const parent = channel.type === 11 ? world.channels.get(channel.parent_id ?? '') : undefined;
  const overwrites = (parent ?? channel).permission_overwrites;
  const groups = [
    overwrites.filter(({ id }) => id === guildId),
    overwrites.filter(({ id, type }) => type === 0 && member.roles.includes(id)),
    overwrites.filter(({ id, type }) => type === 1 && id === userId),
  ];
  for (const group of groups) {
    bits &= ~group.reduce((sum, { deny }) => sum | BigInt(deny), 0n);
    bits |= group.reduce((sum, { allow }) => sum | BigInt(allow), 0n);
  }
  return bits;
}

/** Throws 50001 when the bot does not see the channel, 50013 when it lacks one of the permissions. */
export function requirePermissions(world: World, channel: Channel, names: readonly PermissionName[]): void {
  const bits = permissionsOf(world, channel.guild_id, world.bot.id, channel);
  if ((bits & P.ViewChannel) === 0n) throw missingAccess();
  if (names.some((name) => (bits & P[name]) === 0n)) throw missingPermissions();
}
