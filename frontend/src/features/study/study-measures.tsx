import { useId } from "react";
import type { StudyPrediction } from "../../api/study-types";
import { describeCounts, toLesionFacts } from "../../domain/study-facts";
import { toStudyDoubt } from "../../domain/study-verdict";

function whyNothing({ outputs_withheld: withheld }: StudyPrediction): string {
  const reason = withheld.find(({ output }) => output === "mask")?.detail;
  return reason ?? "Nothing is outlined in this study.";
}

/** How large the outlined lesion is as a body, and how the slices fell. */
export function StudyMeasures({ study }: { study: StudyPrediction }) {
  const id = useId();
  const doubt = toStudyDoubt(study);
  return (
    <section aria-labelledby={id} className="text-sm">
      <h3 id={id} className="font-semibold">
        Outlined lesion
      </h3>
      {study.lesion === null ? (
        <p className="mt-2 leading-6 text-ink-soft">{whyNothing(study)}</p>
      ) : (
        <dl className="mt-4 grid grid-cols-[repeat(auto-fit,minmax(7.5rem,1fr))] gap-x-3 gap-y-5">
          {toLesionFacts(study.lesion).map(({ name, value, note }) => (
            <div key={name}>
              <dt className="text-ink-soft">{name}</dt>
              <dd className="mt-0.5 tabular-nums">
                <span className="block text-lg font-semibold tracking-tight">{value}</span>
                {note !== null && <span className="block text-xs text-ink-faint">{note}</span>}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="mt-4 leading-6 text-ink-soft">Slices: {describeCounts(study.slices)}.</p>
      {doubt !== null && <p className="mt-3 leading-6 font-medium">{doubt}</p>}
    </section>
  );
}
