/** Looks at a PNG as a person would: where which colour stands. */
import { createCanvas, loadImage } from '@napi-rs/canvas';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** The columns in which the middle of the picture (no title, no legend) has about this colour (`#rrggbb`), from left to right. */
  columnsOf(color: string): number[];
  count(color: string): number;
}

/** Of each channel: the colours of the palette lie further apart than this. */
const TOLERANCE = 4;
const MIDDLE = { from: 0.25, to: 0.75 } as const;

/** Decodes the picture. Rejects for bytes that are no picture. */
export async function readPixels(png: Buffer): Promise<Pixels> {
  const image = await loadImage(png);
  const { width, height } = image;
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const visit = (color: string, found: (x: number, y: number) => void) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) =>
      Number.parseInt(color.slice(start, start + 2), 16),
    );
    for (let at = 0; at < data.length; at += 4) {
      const distance = Math.max(
        Math.abs((data[at] ?? 0) - red),
        Math.abs((data[at + 1] ?? 0) - green),
        Math.abs((data[at + 2] ?? 0) - blue),
      );
      if (distance <= TOLERANCE && data[at + 3] === 255) found((at / 4) % width, Math.floor(at / 4 / width));
    }
  };
  return {
    width,
    height,
    columnsOf(color) {
      const columns = new Set<number>();
      visit(color, (x, y) => {
        if (y > height * MIDDLE.from && y < height * MIDDLE.to) columns.add(x);
      });
      return [...columns].sort((a, b) => a - b);
    },
    count(color) {
      let count = 0;
      visit(color, () => {
        count += 1;
      });
      return count;
    },
  };
}
