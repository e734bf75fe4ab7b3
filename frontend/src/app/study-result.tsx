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
  const { expires_at: expires } = job;
  const erased = entry == null ? "it is erased" : "you erase it in the history";
  return (
    <>
      <div className="mb-6 flex flex-wrap items-center justify-between gap-x-8 gap-y-3 border-b border-line pb-6">
        <div className="min-w-0 text-sm leading-6 text-ink-soft">
          {entry != null && <p className="font-medium break-words text-ink">{entry.name}</p>}
          <p>
            The service keeps this study until{" "}
            {expires === null ? erased : `${formatMoment(expires)}, or until ${erased}`}.
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
