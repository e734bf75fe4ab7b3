import { useId } from "react";
import type { StudyPrediction } from "../../api/study-types";
import { toLesionFacts } from "../../domain/study-facts";
import { toStudyDoubt } from "../../domain/study-verdict";

function whyNothing({ outputs_withheld: withheld }: StudyPrediction): string {
  const reason = withheld.find(({ output }) => output === "mask")?.detail;
  return reason ?? "Nothing is outlined in this study.";
}

interface StudyMeasuresProps {
  study: StudyPrediction;
  /** As the page around it has it. */
  heading?: "h2" | "h3";
}

/** How large the outlined lesion is as a body. */
export function StudyMeasures({ study, heading: Heading = "h3" }: StudyMeasuresProps) {
  const id = useId();
  const doubt = toStudyDoubt(study);
  return (
    <section aria-labelledby={id} className="text-sm">
      <Heading id={id} className="font-semibold">
        Outlined lesion
      </Heading>
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
      {doubt !== null && <p className="mt-3 leading-6 font-medium">{doubt}</p>}
    </section>
  );
}
