import { DropArea } from "./drop-area";
import { Samples } from "./samples";
import type { Origin } from "./screen-state";

interface IdleViewProps {
  onOrigin: (origin: Origin) => void;
}

const TO_BRING = [
  {
    term: "A FLAIR study of a head",
    text: "Any orientation and slice direction. T1, T1c and T2 of the same patient may come along; several series in one folder too: the FLAIR is found, and the page says why it was taken.",
  },
  {
    term: "As your scanner or tool wrote it",
    text: "NIfTI (.nii, .nii.gz), MetaImage (.mha, or .mhd with its .raw), DICOM: one multi-frame file, many files, a folder, or a zip.",
  },
  {
    term: "Or one axial slice",
    text: "PNG, JPEG, TIFF, WebP, BMP, or one DICOM file, with the whole brain in it.",
  },
  {
    term: "No names in the picture",
    text: "Only voxels and geometry are used, but text burnt into a picture stays in it. Slices are not kept; a study and its files are erased after a set time, or when you erase them in the history.",
  },
] as const;

export function IdleView({ onOrigin }: IdleViewProps) {
  return (
    <div className="grid gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <DropArea
        onFiles={(files) => {
          onOrigin({ kind: "files", files });
        }}
      />
      <Samples
        onSample={(sample) => {
          onOrigin({ kind: "sample", sample });
        }}
      />
      <section aria-labelledby="to-bring" className="lg:col-start-2 lg:row-start-1">
        <h2 id="to-bring" className="font-semibold">
          What to bring
        </h2>
        <dl className="mt-4 space-y-4 text-sm leading-6">
          {TO_BRING.map(({ term, text }) => (
            <div key={term} className="border-t border-line pt-4">
              <dt className="font-medium">{term}</dt>
              <dd className="mt-0.5 text-ink-soft">{text}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
