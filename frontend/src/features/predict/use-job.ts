import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { jobQuery } from "../../api/jobs";
import { healthQuery } from "../../api/queries";
import type { Job } from "../../api/study-types";
import { watchJob } from "../../api/watch-job";
import { toFailure } from "../../domain/failure";
import { hasEnded } from "../../domain/job";
import type { JobSnapshot } from "./screen-state";

/** How often to ask where no stream tells, ms. */
const POLL_MS = 1_000;

/** When to ask for a job again, ms; false: never, since it has ended or the service has lost it. */
export function pollInterval(job: Job | undefined, error: unknown): number | false {
  if (job === undefined || hasEnded(job)) return false;
  return error !== null && toFailure(error).kind === "gone" ? false : POLL_MS;
}

interface WatchedJob {
  snapshot: JobSnapshot | null;
  lookAgain: () => void;
}

/** Follow one job to its end: by its stream, and by asking where that fails. */
export function useJob(id: string | null): WatchedJob {
  const client = useQueryClient();
  const [lost, setLost] = useState<string | null>(null);
  const {
    data: job,
    error,
    refetch,
  } = useQuery({
    ...jobQuery(id ?? ""),
    enabled: id !== null,
    refetchInterval: ({ state }) => (lost === id ? pollInterval(state.data, state.error) : false),
  });

  const failed = error !== null;
  useEffect(() => {
    // What was known about the service before this failure may be wrong now.
    if (failed) void client.invalidateQueries({ queryKey: healthQuery.queryKey });
  }, [client, failed]);

  const listening = job !== undefined && !hasEnded(job) && lost !== id;
  useEffect(() => {
    if (id === null || !listening) return;
    return watchJob(id, {
      onJob: (news) => {
        client.setQueryData(jobQuery(id).queryKey, news);
      },
      onLost: () => {
        setLost(id);
      },
    });
  }, [client, id, listening]);

  return {
    snapshot: id === null ? null : { id, job, error },
    lookAgain: () => {
      void refetch();
    },
  };
}
