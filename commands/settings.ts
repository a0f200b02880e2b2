import {
  type Command,
  type CommandContext,
  type GuildSettings,
  type Language,
  MANAGE_SERVER,
  UserError,
} from '#src/sdk.ts';

const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', 'zh-CN': '简体中文', ja: '日本語' };
const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

type Interaction = Parameters<Command['run']>[0];

export default {
  data: {
    name: 'settings',
    name_localizations: { 'zh-CN': '设置', ja: '設定' },
    description: 'Language, time zone, and who may see money in this server',
    description_localizations: {
      'zh-CN': '本服务器的语言、时区，以及谁可以看到金额',
      ja: 'このサーバーの言語、タイムゾーン、金額を見られる人',
    },
    contexts: [0],
    default_member_permissions: MANAGE_SERVER,
    options: [
      {
        type: 3,
        name: 'language',
        description: 'Language of what is posted',
        description_localizations: { 'zh-CN': '推送内容的语言', ja: '投稿の言語' },
        choices: Object.entries(LANGUAGES).map(([value, name]) => ({ name, value })),
      },
      {
        type: 3,
        name: 'time-zone',
        description: 'Time zone of charts and reports, such as Asia/Shanghai',
        description_localizations: {
          'zh-CN': '图表与报告的时区，例如 Asia/Shanghai',
          ja: 'グラフとレポートのタイムゾーン（例：Asia/Tokyo）',
        },
        autocomplete: true,
        max_length: 64,
      },
      {
        type: 3,
        name: 'money',
        description: 'Who may see money in the answers of commands',
        description_localizations: {
          'zh-CN': '谁可以在命令回复中看到金额',
          ja: 'コマンドの回答で金額を見られる人',
        },
        choices: [
          { name: 'everyone', value: 'everyone', name_localizations: { 'zh-CN': '所有人', ja: '全員' } },
          { name: 'nobody', value: 'nobody', name_localizations: { 'zh-CN': '无人', ja: '誰も見られない' } },
        ],
      },
      {
        type: 8,
        name: 'money-role',
        description: 'Only this role may see money',
        description_localizations: {
          'zh-CN': '仅此身份组可以看到金额',
          ja: 'このロールだけが金額を見られます',
        },
      },
    ],
  },
  ephemeral: true,
  async run(interaction, { archive, guild, format, planReports }) {
    const changes = readChanges(interaction);
    const settings: GuildSettings = { ...guild, ...changes };
    const isChanged = Object.keys(changes).length > 0;
    if (isChanged) {
      await archive.setGuildSettings(settings, interaction.user.id);
      await planReports();
    }
    return {
      embeds: [
        format.embed({
          title: isChanged ? 'Settings changed' : 'Settings of this server',
          fields: [
            { name: 'Language', value: LANGUAGES[settings.language], inline: true },
            { name: 'Time zone', value: format.text(settings.timeZone), inline: true },
            { name: 'Money is seen by', value: describeMoney(settings.moneyFor), inline: true },
          ],
          footer: 'Give an option to change it.',
        }),
      ],
    };
  },
  async complete(interaction, { guild }) {
    const typed = interaction.options.getFocused().toLowerCase().replaceAll(' ', '_').trim();
    const found = ZONES.filter((zone) => zone.toLowerCase().includes(typed));
    const first = typed === '' ? [guild.timeZone, ...found.filter((zone) => zone !== guild.timeZone)] : found;
    return first.slice(0, 25).map((zone) => ({ name: zone, value: zone }));
  },
} satisfies Command;

function readChanges(interaction: Interaction): Partial<Omit<GuildSettings, 'guildId'>> {
  const language = interaction.options.getString('language');
  const timeZone = interaction.options.getString('time-zone');
  const moneyFor = readMoney(interaction);
  return {
    ...(language === null ? {} : { language: readLanguage(language) }),
    ...(timeZone === null ? {} : { timeZone: readTimeZone(timeZone) }),
    ...(moneyFor === null ? {} : { moneyFor }),
  };
}

function readLanguage(text: string): Language {
  if (Object.hasOwn(LANGUAGES, text)) return text as Language;
  throw new UserError(`\`language\` is one of: ${Object.keys(LANGUAGES).join(', ')}.`);
}

function readTimeZone(text: string): string {
  const zone = ZONES.find((known) => known.toLowerCase() === text.trim().toLowerCase());
  if (zone !== undefined) return zone;
  throw new UserError(
    '`time-zone` is a name such as `Asia/Shanghai`, `Europe/Berlin` or `UTC`: choose it from the list.',
  );
}

function readMoney(interaction: Interaction): CommandContext['guild']['moneyFor'] | null {
  const money = interaction.options.getString('money');
  const roleId = interaction.options.getRole('money-role')?.id ?? null;
  if (money !== null && roleId !== null)
    throw new UserError('Give either `money` or `money-role`: a role is an answer of its own.');
  if (money !== null && money !== 'everyone' && money !== 'nobody')
    throw new UserError('`money` is `everyone` or `nobody`; `money-role` takes a role.');
  if (roleId === interaction.guildId) return 'everyone';
  return money ?? roleId;
}

const describeMoney = (moneyFor: string) =>
  moneyFor === 'everyone' || moneyFor === 'nobody' ? moneyFor : `<@&${moneyFor}>`;
