import { loadImage } from "./load-image";

/** A mask on its own grid; pixels: uint8 [height * width] by rows, 255 in the lesion, else 0. */
export interface Mask {
  pixels: Uint8Array;
  width: number;
  height: number;
}

/** Decode the grey picture of a mask; throws where it is none, or the browser gives no canvas. */
export async function readMask(source: string): Promise<Mask> {
  const image = await loadImage(source);
  const { naturalWidth: width, naturalHeight: height } = image;
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("this browser draws no canvas");
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = data[4 * at] ?? 0;
  return { pixels, width, height };
}
