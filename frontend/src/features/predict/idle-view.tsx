import type { SampleSlice } from "../../domain/samples";
import { DropArea } from "./drop-area";
import { SampleSlices } from "./sample-slices";

interface IdleViewProps {
  onFile: (file: File) => void;
  onSample: (sample: SampleSlice) => void;
}

const TO_BRING = [
  {
    term: "One axial slice",
    text: "Across the head, seen from below or above, with the whole brain in the picture.",
  },
  {
    term: "Sequence: FLAIR",
    text: "The model was trained on FLAIR alone. What is taken for another sequence, or for no brain at all, is refused with the reason.",
  },
  {
    term: "Any of six formats",
    text: "PNG, JPEG, TIFF, WebP, BMP, or a single-frame DICOM file.",
  },
  {
    term: "No names in the picture",
    text: "Remove text that is burnt into the slice. The file is not kept after the answer.",
  },
] as const;

export function IdleView({ onFile, onSample }: IdleViewProps) {
  return (
    <div className="grid gap-x-12 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <DropArea onFile={onFile} />
      <SampleSlices onSample={onSample} />
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
