/** The one palette and layout of all pictures. Sizes are logical pixels; `PIXEL_RATIO` makes them sharp. */

export const WIDTH = 1000;
export const HEIGHT = 500;
export const PIXEL_RATIO = 2;
/** Room between the panel's edge and what is drawn. */
export const PADDING = 24;

/**
 * An opaque panel of its own: between Discord's dark (#313338) and light (#ffffff) grounds it stands out from both,
 * and every colour below has a contrast of at least 4.5 with it.
 */
export const PALETTE = {
  panel: '#1b1f2a',
  title: '#f5f7fb',
  text: '#c3cad9',
  muted: '#98a2b8',
  grid: '#2e3546',
  axis: '#485166',
  danmaku: '#4cc2ff',
  danmakuFill: 'rgba(76, 194, 255, 0.22)',
  chatters: '#ffc24b',
  online: '#c79bff',
  gifts: '#ff8fb1',
  superChats: '#4cc2ff',
  guards: '#ffc24b',
  gap: 'rgba(152, 162, 184, 0.26)',
} as const;

export const SIZES = { title: 22, subtitle: 14, legend: 14, tick: 13, axisTitle: 13, message: 24 } as const;

/** Subsets of Noto Sans SC that the renderer registers, in the order in which a glyph is looked for. */
export const FONT_SUBSETS = [
  // Latin of western Europe and kana too; no subset has the letters of Latin Extended.
  'chinese-simplified',
  'cyrillic',
  'vietnamese',
  // Slices with what names are adorned with: ♥♪✿, ○□♀, ≧≦, ■, ☆, ●, ◆, ★→.
  ...['87', '88', '90', '100', '103', '105', '106', '109'],
] as const;

/** The name under which a subset is registered: one of our own, or a font of the machine would take its place. */
export function familyOf(subset: (typeof FONT_SUBSETS)[number]): string {
  return `Livelark ${subset}`;
}

/** For scripts that the subsets lack, and for a QuickChart server elsewhere. */
const MACHINE_FAMILIES = [
  'Noto Sans SC',
  'Noto Sans CJK SC',
  'Noto Sans CJK KR',
  'Noto Sans CJK JP',
  'Noto Sans KR',
  'Apple SD Gothic Neo',
  'Malgun Gothic',
  'DejaVu Sans',
  'Noto Sans',
];

export const FONT_FAMILY = [...FONT_SUBSETS.map(familyOf), ...MACHINE_FAMILIES]
  .map((family) => `"${family}"`)
  .concat('sans-serif')
  .join(', ');
