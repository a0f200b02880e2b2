/** Guilds, channels and members as the gateway and the REST API write them. */
import type { Channel, Guild, Json, Member, Role } from './shapes.ts';
import type { World } from './world.ts';

const THREAD = 11;

export function guildJson(guild: Guild): Json {
  return {
    id: guild.id,
    name: guild.name,
    owner_id: guild.ownerId,
    preferred_locale: guild.locale,
    roles: guild.roles.map(roleJson),
    ...{ icon: null, splash: null, discovery_splash: null, banner: null, description: null },
    ...{ afk_channel_id: null, system_channel_id: null, rules_channel_id: null },
    ...{ public_updates_channel_id: null, safety_alerts_channel_id: null, application_id: null },
    ...{ widget_enabled: false, widget_channel_id: null },
    ...{ max_stage_video_channel_users: 50, max_video_channel_users: 25 },
    ...{ afk_timeout: 300, verification_level: 1, default_message_notifications: 1, mfa_level: 0 },
    ...{ explicit_content_filter: 0, nsfw_level: 0, nsfw: false, premium_tier: 0, system_channel_flags: 0 },
    ...{
      premium_subscription_count: 0,
      home_header: null,
      incidents_data: null,
      premium_progress_bar_enabled: false,
      vanity_url_code: null,
    },
    ...{
      features: [],
      emojis: [],
      stickers: [],
      max_members: 500_000,
      max_presences: null,
      region: 'hongkong',
    },
  };
}

/** GUILD_CREATE: with members, channels and threads. */
export function guildCreateJson(world: World, guild: Guild): Json {
  const channels = [...world.channels.values()].filter(({ guild_id }) => guild_id === guild.id);
  return {
    ...guildJson(guild),
    joined_at: guild.joinedAt,
    large: false,
    unavailable: false,
    member_count: guild.members.length,
    // Without the GuildMembers intent Discord sends the bot itself and those in voice.
    members: guild.members.filter(({ user }) => user.bot).map(memberJson),
    channels: channels.filter(({ type }) => type !== THREAD).map((channel) => channelJson(channel)),
    threads: channels.filter(({ type }) => type === THREAD).map((channel) => channelJson(channel)),
    ...{ voice_states: [], presences: [], stage_instances: [], guild_scheduled_events: [] },
    soundboard_sounds: [],
  };
}

export function roleJson(role: Role): Json {
  const colors = { primary_color: role.color, secondary_color: null, tertiary_color: null };
  return { ...role, colors, description: null, flags: 0, icon: null, unicode_emoji: null };
}

export function memberJson(member: Member): Json {
  return {
    ...member,
    ...{ nick: null, avatar: null, banner: null, premium_since: null, communication_disabled_until: null },
    ...{ deaf: false, mute: false, pending: false, flags: 0 },
  };
}

export function channelJson(channel: Channel): Json {
  const { id, guild_id, type, name, topic, position, parent_id, permission_overwrites } = channel;
  const base = { id, guild_id, type, name, parent_id, flags: 0, last_message_id: null };
  if (type !== THREAD)
    return { ...base, topic, position, nsfw: false, rate_limit_per_user: 0, permission_overwrites };
  return {
    ...base,
    ...{ message_count: 0, member_count: 1, total_message_sent: 0, rate_limit_per_user: 0 },
    thread_metadata: {
      ...{ archived: false, auto_archive_duration: 1440, locked: false },
      archive_timestamp: new Date(0).toISOString(),
    },
  };
}
