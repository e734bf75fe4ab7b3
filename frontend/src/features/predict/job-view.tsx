import { useMutation, useQuery } from "@tanstack/react-query";
import { Hourglass, LoaderCircle } from "lucide-react";
import { cancelJob } from "../../api/jobs";
import { healthQuery } from "../../api/queries";
import type { Job } from "../../api/study-types";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { Notice } from "../../components/notice";
import { ProgressBar } from "../../components/progress-bar";
import { describeProgress, describeStage } from "../../domain/job";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";

interface JobViewProps {
  job: Job;
  connected: boolean;
  onCancelled: (id: string) => void;
}

export function JobView({ job, connected, onCancelled }: JobViewProps) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const cancel = useMutation({
    mutationFn: () => cancelJob(job.id),
    onSuccess: () => {
      onCancelled(job.id);
    },
  });
  const waits = job.state === "queued";
  const Icon = waits ? Hourglass : LoaderCircle;
  return (
    <Card className="flex min-h-80 flex-col items-center justify-center px-6 py-12 text-center">
      <Icon
        aria-hidden
        className={`size-8 text-accent ${waits ? "" : "animate-spin"}`}
        strokeWidth={1.75}
      />
      <h2 ref={heading} tabIndex={-1} className="mt-5 text-lg font-medium">
        {waits ? "The study has arrived" : "Analysing the study"}
      </h2>
      <p role="status" className="mt-1.5 text-sm leading-6 text-ink-soft">
        {describeStage(job)}
      </p>
      <div className="mt-5 w-full max-w-sm">
        <ProgressBar label="Slices judged" share={job.progress} detail={describeProgress(job)} />
      </div>
      <Button
        look="secondary"
        className="mt-6"
        disabled={cancel.isPending}
        onClick={() => {
          cancel.mutate();
        }}
      >
        Cancel
      </Button>
      <div className="mt-6 max-w-md space-y-3 text-sm leading-6 text-ink-faint">
        <p>You may leave or reload this page: the study goes on, and is found at this address.</p>
        {job.attempts > 1 && (
          <p>The first attempt was broken off; this is attempt {job.attempts}.</p>
        )}
      </div>
      {/* Asked anew with each state: a worker that has just begun was not there when the study waited. */}
      <NoWorker key={job.state} />
      {!connected && (
        <div className="mt-5 text-left">
          <Notice kind="warning" role="alert">
            The service does not answer at the moment. This page keeps asking.
          </Notice>
        </div>
      )}
      {cancel.isError && (
        <div className="mt-5 text-left">
          <Notice kind="error" role="alert">
            The study could not be cancelled: the service did not answer as it should. Try again.
          </Notice>
        </div>
      )}
    </Card>
  );
}

/** A study that nobody works on, or whose worker died, would wait for ever; say so. */
function NoWorker() {
  const { data: health } = useQuery(healthQuery);
  if (health?.jobs?.workers !== 0) return null;
  return (
    <div className="mt-5 text-left">
      <Notice kind="warning" role="alert">
        No worker is running on this service at the moment. The study waits until one is.
      </Notice>
    </div>
  );
}
