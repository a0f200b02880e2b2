/** Who may do and see what. */
import { type CommandInteraction, PermissionsBitField } from 'discord.js';
import type { Command, GuildSettings } from '#src/sdk.ts';

type Caller = Pick<CommandInteraction<'cached' | 'raw'>, 'guildId' | 'member' | 'memberPermissions'>;

/**
 * What the caller lacks to run a command, or null. Discord hides such commands, but a server's own
 * overrides may show them to anybody.
 */
export function findMissingPermission(data: Command['data'], caller: Caller): string | null {
  if (data.default_member_permissions == null) return null;
  const wanted = new PermissionsBitField(BigInt(data.default_member_permissions));
  const missing = caller.memberPermissions.missing(wanted);
  if (missing.length === 0) return null;
  return missing
    .map((name) => (name === 'ManageGuild' ? 'Manage Server' : name.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')))
    .join(', ');
}

/** Whether a member may see money: `everyone`, `nobody`, or those with a role (the role @everyone is everyone). */
export function seesMoney(settings: GuildSettings, caller: Caller): boolean {
  if (settings.moneyFor === 'everyone' || settings.moneyFor === caller.guildId) return true;
  if (settings.moneyFor === 'nobody') return false;
  const { roles } = caller.member;
  return Array.isArray(roles) ? roles.includes(settings.moneyFor) : roles.cache.has(settings.moneyFor);
}
