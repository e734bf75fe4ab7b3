/** A slice that ships with the app: a phantom from the project's own generator, never a patient. */
export interface SampleSlice {
  kind: "slice";
  name: string;
  path: string;
  title: string;
  lesion: boolean;
  skull: boolean;
}

/** A whole study that ships with the app: a phantom too, head-shaped, with skull and ventricles. */
export interface SampleStudy {
  kind: "study";
  name: string;
  path: string;
  title: string;
  /** A picture of one of its slices. */
  picture: string;
  lesion: boolean;
}

export type Sample = SampleSlice | SampleStudy;

function slice(
  name: string,
  title: string,
  drawn: { lesion: boolean; skull: boolean },
): SampleSlice {
  return {
    kind: "slice",
    name: `${name}.png`,
    path: `/samples/${name}.png`,
    title,
    ...drawn,
  };
}

function study(name: string, title: string, lesion: boolean): SampleStudy {
  return {
    kind: "study",
    name: `${name}.nii.gz`,
    path: `/samples/${name}.nii.gz`,
    title,
    picture: `/pictures/${name}.png`,
    lesion,
  };
}

export const SAMPLE_SLICES: readonly SampleSlice[] = [
  slice("tumor-1", "Phantom 1", { lesion: true, skull: true }),
  slice("tumor-2", "Phantom 2", { lesion: true, skull: false }),
  slice("normal-1", "Phantom 3", { lesion: false, skull: true }),
  slice("normal-2", "Phantom 4", { lesion: false, skull: false }),
];

export const SAMPLE_STUDIES: readonly SampleStudy[] = [
  study("study-tumor", "Phantom study A", true),
  study("study-normal", "Phantom study B", false),
];

/** What was drawn: a lesion or none, with the skull or, as many data sets come, without it. */
export function describeSample(sample: Sample): string {
  const lesion = sample.lesion ? "a drawn lesion" : "no lesion";
  if (sample.kind === "study") return `${lesion}, NIfTI`;
  return `${lesion}, ${sample.skull ? "with skull" : "without skull"}`;
}
