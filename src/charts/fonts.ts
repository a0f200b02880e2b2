/** The fonts that ship with Livelark, so that pictures look the same on a machine without any. */
import { fileURLToPath } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';

/** Subsets of Noto Sans SC by the family name that look.ts asks for; the first has Latin and kana too. */
const SUBSETS = {
  'Livelark Sans': 'chinese-simplified',
  'Livelark Sans Latin': 'latin-ext',
  'Livelark Sans Cyrillic': 'cyrillic',
  'Livelark Sans Vietnamese': 'vietnamese',
} as const;
const WEIGHTS = [400, 700] as const;

/** Registers them for this process. Throws Error naming the file that cannot be read. */
export function registerFonts(): void {
  for (const [family, subset] of Object.entries(SUBSETS)) {
    for (const weight of WEIGHTS) {
      const name = `@fontsource/noto-sans-sc/files/noto-sans-sc-${subset}-${weight}-normal.woff2`;
      const file = fileURLToPath(import.meta.resolve(name));
      if (GlobalFonts.registerFromPath(file, family) === null)
        throw new Error(`the font ${file} cannot be read`);
    }
  }
}
