/** A slice that ships with the app: a phantom from the project's own generator, never a patient. */
export interface SampleSlice {
  name: string;
  path: string;
  title: string;
  lesion: boolean;
  skull: boolean;
}

function sample(name: string, title: string, drawn: { lesion: boolean; skull: boolean }) {
  return { name: `${name}.png`, path: `/samples/${name}.png`, title, ...drawn };
}

export const SAMPLE_SLICES: readonly SampleSlice[] = [
  sample("tumor-1", "Phantom 1", { lesion: true, skull: true }),
  sample("tumor-2", "Phantom 2", { lesion: true, skull: false }),
  sample("normal-1", "Phantom 3", { lesion: false, skull: true }),
  sample("normal-2", "Phantom 4", { lesion: false, skull: false }),
];

/** What was drawn: a lesion or none, with the skull or, as many data sets come, without it. */
export function describeSample({ lesion, skull }: SampleSlice): string {
  return `${lesion ? "a drawn lesion" : "no lesion"}, ${skull ? "with skull" : "without skull"}`;
}
