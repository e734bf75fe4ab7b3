import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import type { Job } from "../api/study-types";
import { Button } from "../components/button";
import { Skeleton } from "../components/skeleton";
import { formatMoment } from "../domain/format";
import { entryQuery } from "../features/history/history-query";

// The viewer is by far the largest part of the app; who looks at slices does not wait for it.
const StudyView = lazy(async () => {
  const { StudyView } = await import("../features/study/study-view");
  return { default: StudyView };
});

interface StudyResultProps {
  job: Job;
  onAnother: () => void;
}

/** A study with the name that this browser knows it by, and how long the service keeps it. */
export function StudyResult({ job, onAnother }: StudyResultProps) {
  const { data: entry } = useQuery(entryQuery(job.id));
  return (
    <>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-x-8 gap-y-3 border-b border-line pb-6">
        <div className="min-w-0 text-sm leading-6 text-ink-soft">
          {entry != null && <p className="font-medium break-words text-ink">{entry.name}</p>}
          <p>
            {job.expires_at === null
              ? "The service keeps this study until you erase it in the history."
              : `The service keeps this study until ${formatMoment(job.expires_at)}, or until you erase it in the history.`}
          </p>
        </div>
        <Button look="secondary" onClick={onAnother}>
          Another study
        </Button>
      </div>
      <Suspense fallback={<Skeleton label="Loading the viewer" className="h-[36rem]" />}>
        <StudyView job={job} />
      </Suspense>
    </>
  );
}
