import type { Job } from "../../api/study-types";
import { Button } from "../../components/button";
import type { SeriesOffer } from "../../domain/series";
import type { Submission } from "./screen-state";

interface SeriesPickerProps {
  offers: readonly SeriesOffer[];
  onSeries: (number: number) => void;
}

/** Lets the reader name which series is the FLAIR. */
export function SeriesPicker({ offers, onSeries }: SeriesPickerProps) {
  return (
    <ul className="mt-3 divide-y divide-line rounded-control border border-line bg-surface">
      {offers.map(({ number, description }) => (
        <li
          key={number}
          className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-3 text-sm sm:flex-nowrap"
        >
          <span className="min-w-0 text-ink-soft">{description || `Series ${number}`}</span>
          <Button
            look="secondary"
            className="shrink-0"
            onClick={() => {
              onSeries(number);
            }}
          >
            Use series {number}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface OtherSeriesProps {
  job: Job;
  submission: Submission | null;
  onSubmit: (submission: Submission) => void;
}

/** The series that were not taken, as long as the files are here to be sent again. */
export function OtherSeries({ job, submission, onSubmit }: OtherSeriesProps) {
  const series = job.result?.input.series ?? null;
  if (series === null || series.of < 2 || submission === null) return null;
  const offers = Array.from({ length: series.of }, (_, index) => index + 1)
    .filter((number) => number !== series.number)
    .map((number) => ({ number, description: "" }));
  return (
    <details className="mt-8 max-w-3xl rounded-card border border-line bg-surface p-5 text-sm sm:p-6">
      <summary className="cursor-pointer font-medium pointer-coarse:py-2.5">
        Series {series.number} of {series.of} was taken. Take another?
      </summary>
      <SeriesPicker
        offers={offers}
        onSeries={(number) => {
          onSubmit({ ...submission, series: number, as: "study" });
        }}
      />
    </details>
  );
}
