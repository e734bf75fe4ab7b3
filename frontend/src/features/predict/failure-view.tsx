import { RotateCw } from "lucide-react";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { canForce, canTryAgain, type Failure } from "../../domain/failure";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";
import { toFailureWords, toReportLines } from "./failure-words";

interface FailureViewProps {
  failure: Failure;
  file: string;
  onTryAgain: () => void;
  /** Send the same file again, refusal or not. */
  onForce: () => void;
  onAnother: () => void;
}

const TONES = {
  fault: "bg-tumor-soft text-tumor",
  refusal: "bg-uncertain-soft text-uncertain",
} as const;

export function FailureView(props: FailureViewProps) {
  const { failure, file, onTryAgain, onForce, onAnother } = props;
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const { icon: Icon, tone, title, what, next } = toFailureWords(failure);
  const again = canTryAgain(failure);
  const lines = [{ name: "File", value: file }, ...toReportLines(failure)];

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
        <p className="mt-3 leading-7 break-words">{what}</p>
        <p className="mt-2 leading-7 text-ink-soft">{next}</p>
        <div className="mt-7 flex flex-wrap gap-3">
          {again && (
            <Button onClick={onTryAgain}>
              <RotateCw aria-hidden className="size-4" />
              Try again
            </Button>
          )}
          <Button look={again ? "secondary" : "primary"} onClick={onAnother}>
            Choose another slice
          </Button>
        </div>
        {canForce(failure) && <ForceOffer onForce={onForce} />}
        <dl className="mt-8 grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 border-t border-line pt-5 text-sm text-ink-soft">
          {lines.map(({ name, value }) => (
            <div key={name} className="contents">
              <dt>{name}</dt>
              <dd className="break-all text-ink">{value}</dd>
            </div>
          ))}
        </dl>
      </div>
    </Card>
  );
}

/** The way past a refusal: there for who knows better, and never the first thing to press. */
function ForceOffer({ onForce }: { onForce: () => void }) {
  return (
    <div className="mt-8 rounded-control bg-raised p-4 text-sm leading-6 text-ink-soft sm:p-5">
      <p>
        Sure that it is an axial FLAIR slice of a brain? The model can answer all the same. No
        measurement would stand behind that answer.
      </p>
      <Button look="secondary" className="mt-3" onClick={onForce}>
        Use it anyway
      </Button>
    </div>
  );
}
