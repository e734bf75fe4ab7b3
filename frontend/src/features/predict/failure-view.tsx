import { RotateCw } from "lucide-react";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { canForce, type Failure } from "../../domain/failure";
import { toSeriesOffers, withoutList } from "../../domain/series";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";
import { toFailureWords, toReportLines } from "./failure-words";
import { countFiles, describeOrigin, type Again, type Submission } from "./screen-state";
import { SeriesPicker } from "./series-picker";

interface FailureViewProps {
  failure: Failure;
  /** What was sent; null where the page no longer has it, after a reload. */
  submission: Submission | null;
  again: Again;
  onSubmit: (submission: Submission) => void;
  /** Ask for the study in the address once more. */
  onLookAgain: () => void;
  onAnother: () => void;
}

const TONES = {
  fault: "bg-tumor-soft text-tumor",
  refusal: "bg-uncertain-soft text-uncertain",
} as const;

export function FailureView(props: FailureViewProps) {
  const { failure, submission, again, onSubmit, onLookAgain, onAnother } = props;
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const {
    icon: Icon,
    tone,
    title,
    what,
    next,
  } = toFailureWords(failure, submission && countFiles(submission.origin), again !== null);
  const asks = submission !== null && toSeriesOffers(failure).length > 0;
  return (
    <Card className="grid max-w-3xl gap-6 p-6 sm:grid-cols-[auto_minmax(0,1fr)] sm:p-10">
      <span className={`grid size-12 place-items-center rounded-full ${TONES[tone]}`}>
        <Icon aria-hidden className="size-5.5" strokeWidth={1.75} />
      </span>
      <div role="alert" className="max-w-prose">
        <h2
          ref={heading}
          tabIndex={-1}
          className="text-xl font-semibold tracking-tight sm:text-2xl"
        >
          {title}
        </h2>
        <p className="mt-3 leading-7 break-words">{asks ? withoutList(what) : what}</p>
        <p className="mt-2 leading-7 text-ink-soft">{next}</p>
        <div className="mt-7 flex flex-wrap gap-3">
          {again !== null && (
            <Button
              onClick={() => {
                if (submission === null) onLookAgain();
                else onSubmit(submission);
              }}
            >
              <RotateCw aria-hidden className="size-4" />
              Try again
            </Button>
          )}
          <Button look={again === null ? "primary" : "secondary"} onClick={onAnother}>
            Choose other files
          </Button>
        </div>
        {submission !== null && (
          <WaysOn failure={failure} submission={submission} onSubmit={onSubmit} />
        )}
        <Report failure={failure} submission={submission} />
      </div>
    </Card>
  );
}

function Report({ failure, submission }: Pick<FailureViewProps, "failure" | "submission">) {
  const lines = toReportLines(failure);
  if (submission !== null) {
    lines.unshift({ name: "Sent", value: describeOrigin(submission.origin) });
  }
  if (lines.length === 0) return null;
  return (
    <dl className="mt-8 grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 border-t border-line pt-5 text-sm text-ink-soft">
      {lines.map(({ name, value }) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd className="wrap-anywhere text-ink">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

interface WaysOnProps {
  failure: Failure;
  submission: Submission;
  onSubmit: (submission: Submission) => void;
}

/** The ways past a refusal: there for who knows better, and never the first thing to press. */
function WaysOn({ failure, submission, onSubmit }: WaysOnProps) {
  const offers = toSeriesOffers(failure);
  if (offers.length > 0) {
    return (
      <div className="mt-8 rounded-control bg-raised p-4 text-sm leading-6 text-ink-soft sm:p-5">
        <p>Do you know which of them is the FLAIR? Say so, and it is taken for one.</p>
        <SeriesPicker
          offers={offers}
          onSeries={(series) => {
            onSubmit({ ...submission, series });
          }}
        />
      </div>
    );
  }
  if (!canForce(failure)) return null;
  return (
    <div className="mt-8 rounded-control bg-raised p-4 text-sm leading-6 text-ink-soft sm:p-5">
      <p>
        Sure that it is axial FLAIR of a brain? The model can answer all the same. No measurement
        would stand behind that answer.
      </p>
      <Button
        look="secondary"
        className="mt-3"
        onClick={() => {
          onSubmit({ ...submission, forced: true });
        }}
      >
        Use it anyway
      </Button>
    </div>
  );
}
