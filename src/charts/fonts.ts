/** The fonts that ship with Livelark, so that pictures look the same on a machine without any. */
import { fileURLToPath } from 'node:url';
import { GlobalFonts } from '@napi-rs/canvas';
import { FONT_SUBSETS, familyOf } from '#src/charts/look.ts';

const WEIGHTS = [400, 700] as const;

/** Registers them for this process. Throws Error naming the file that cannot be read. */
export function registerFonts(): void {
  for (const subset of FONT_SUBSETS) {
    for (const weight of WEIGHTS) {
      const name = `@fontsource/noto-sans-sc/files/noto-sans-sc-${subset}-${weight}-normal.woff2`;
      const file = fileURLToPath(import.meta.resolve(name));
      if (GlobalFonts.registerFromPath(file, familyOf(subset)) === null)
        throw new Error(`the font ${file} cannot be read`);
    }
  }
}
