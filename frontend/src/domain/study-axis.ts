import type { StudyInput } from "../api/study-types";

/** The axial axis of an input's own array. */
export interface AxialAxis {
  /** Slices along it. */
  count: number;
  /** True where the slice index grows towards the head, false where it grows towards the feet. */
  up: boolean;
}

/**
 * Read count and direction of the axial axis. `orientation` has a letter per axis of the array, in
 * the array's order, that says where the axis runs to: S (head) or I (feet) for the axial one.
 */
export function toAxialAxis({ shape, orientation, axial_axis: axis }: StudyInput): AxialAxis {
  const count = shape[axis];
  const letter = orientation[axis];
  if (count === undefined || (letter !== "S" && letter !== "I")) {
    throw new RangeError(
      `the axial axis is S or I; axis ${axis} of ${orientation} over ${shape.length} axes is neither`,
    );
  }
  return { count, up: letter === "S" };
}

/** A slice index kept on the axis. */
export function clampIndex(index: number, { count }: AxialAxis): number {
  return Math.min(count - 1, Math.max(0, Math.round(index)));
}

/**
 * The place of a slice of the input along z of the same volume in RAS+, and, as it is its own
 * inverse, the way back.
 */
export function flipToRas(index: number, axis: AxialAxis): number {
  const kept = clampIndex(index, axis);
  return axis.up ? kept : axis.count - 1 - kept;
}

/** Middle of a slice as a share of the axis in RAS+: where a viewer's crosshair has to stand. */
export function toRasShare(index: number, axis: AxialAxis): number {
  return (flipToRas(index, axis) + 0.5) / axis.count;
}

/** The slice of the input that holds a share of the axis in RAS+. */
export function fromRasShare(share: number, axis: AxialAxis): number {
  return flipToRas(clampIndex(Math.floor(share * axis.count), axis), axis);
}
