import { gunzipSync } from "node:zlib";

/** A mask of a study: where its voxels lie, as far as a test has to know. */
export interface Mask {
  shape: [number, number, number];
  /** Voxel index to world mm, RAS+; three rows of four. */
  affine: number[][];
  at: (i: number, j: number, k: number) => boolean;
}

/** Read a mask of uint8 voxels; NIfTI-1, little endian, as the API writes it. */
export function readMask(file: Buffer): Mask {
  const bytes = file[0] === 0x1f ? gunzipSync(file) : file;
  const shape: [number, number, number] = [
    bytes.readInt16LE(42),
    bytes.readInt16LE(44),
    bytes.readInt16LE(46),
  ];
  if (bytes.readInt16LE(70) !== 2) throw new Error("the mask's voxels are not uint8");
  const start = bytes.readFloatLE(108);
  const affine = [280, 296, 312].map((row) =>
    [0, 4, 8, 12].map((column) => bytes.readFloatLE(row + column)),
  );
  const [width, height] = shape;
  return {
    shape,
    affine,
    at: (i, j, k) => bytes[start + i + width * (j + height * k)] !== 0,
  };
}

/** Where the mask's voxels of one slice along an axis lie on average, world mm in RAS+; null for none. */
export function sliceCentre(mask: Mask, axis: number, index: number): number[] | null {
  const sum = [0, 0, 0];
  let count = 0;
  const [width, height, depth] = mask.shape;
  for (let k = 0; k < depth; k += 1) {
    for (let j = 0; j < height; j += 1) {
      for (let i = 0; i < width; i += 1) {
        const place = [i, j, k];
        if (place[axis] !== index || !mask.at(i, j, k)) continue;
        count += 1;
        for (const [at, value] of place.entries()) sum[at] = (sum[at] ?? 0) + value;
      }
    }
  }
  if (count === 0) return null;
  const middle = [...sum.map((value) => value / count), 1];
  return mask.affine.map((row) =>
    row.reduce((total, factor, at) => total + factor * (middle[at] ?? 0), 0),
  );
}

/** The middle of the grid, world mm in RAS+. */
export function gridCentre(mask: Mask): number[] {
  const middle = [...mask.shape.map((count) => (count - 1) / 2), 1];
  return mask.affine.map((row) =>
    row.reduce((total, factor, at) => total + factor * (middle[at] ?? 0), 0),
  );
}
