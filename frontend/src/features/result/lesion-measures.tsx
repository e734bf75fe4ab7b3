import { useId } from "react";
import type { Lesion, Prediction } from "../../api/wire";
import { formatArea, formatLength, formatWhole } from "../../domain/format";

interface Measure {
  name: string;
  value: string;
  note: string | null;
}

/** Millimetres first where they are known, since pixels mean nothing from one file to the next. */
function toMeasures(lesion: Lesion): Measure[] {
  const { area_mm2: area, longest_diameter_mm: diameter } = lesion;
  const areaPx = `${formatWhole(lesion.area_px)} px`;
  const diameterPx = `${formatLength(lesion.longest_diameter_px)} px`;
  return [
    area === null
      ? { name: "Area", value: areaPx, note: null }
      : { name: "Area", value: formatArea(area), note: areaPx },
    diameter === null
      ? { name: "Longest diameter", value: diameterPx, note: null }
      : { name: "Longest diameter", value: `${formatLength(diameter)} mm`, note: diameterPx },
    { name: "Separate parts", value: formatWhole(lesion.components), note: null },
  ];
}

function describeBox({ left, top, width, height }: Lesion["bounding_box"]): string {
  return `${width} × ${height} px, its corner ${left} px from the left and ${top} px from the top`;
}

/** The two heads are asked apart, and may disagree: then neither is to be taken alone. */
function toDoubt({ label, lesion }: Prediction): string | null {
  if (label === "no_tumor" && lesion !== null) {
    return "The classifier sees no sign of a tumour here, yet something is outlined: the two do not agree.";
  }
  if (label === "tumor" && lesion === null) {
    return "The classifier sees signs of a tumour, yet nothing is outlined: the two do not agree.";
  }
  return null;
}

/** How large the outlined lesion is in this slice; nothing for a model that outlines nothing. */
export function LesionMeasures({ prediction }: { prediction: Prediction }) {
  const id = useId();
  const { lesion, mask } = prediction;
  if (lesion === null && mask === undefined) return null;
  const doubt = toDoubt(prediction);
  return (
    <section aria-labelledby={id} className="border-b border-line p-5 text-sm sm:p-6">
      <h3 id={id} className="font-semibold">
        Outlined lesion
      </h3>
      {lesion === null ? (
        <p className="mt-2 leading-6 text-ink-soft">Nothing is outlined in this slice.</p>
      ) : (
        <>
          <dl className="mt-4 grid grid-cols-[repeat(auto-fit,minmax(6.75rem,1fr))] gap-x-3 gap-y-5">
            {toMeasures(lesion).map(({ name, value, note }) => (
              // Names of one or two lines, values with a note or without: each begins in one line.
              <div key={name} className="row-span-2 grid grid-rows-subgrid gap-y-0.5">
                <dt className="self-end text-ink-soft">{name}</dt>
                <dd className="tabular-nums">
                  <span className="block text-lg font-semibold tracking-tight">{value}</span>
                  {note !== null && <span className="block text-xs text-ink-faint">{note}</span>}
                </dd>
              </div>
            ))}
          </dl>
          {lesion.area_mm2 === null && (
            <p className="mt-4 leading-6 text-ink-soft">
              In pixels only: the file does not say how far they are apart.
            </p>
          )}
        </>
      )}
      {doubt !== null && <p className="mt-3 leading-6 font-medium">{doubt}</p>}
      {lesion !== null && (
        <details className="mt-4">
          <summary className="w-fit cursor-pointer py-1 text-ink-soft hover:text-ink pointer-coarse:py-3">
            Where in the slice
          </summary>
          <p className="mt-1 leading-6 text-ink-soft">
            Bounding box: {describeBox(lesion.bounding_box)}. Area, diameter and box are of the
            outline in this one slice, not of the whole lesion.
          </p>
        </details>
      )}
    </section>
  );
}
