import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { jobQuery, pollInterval } from "../../api/jobs";
import { healthQuery } from "../../api/queries";
import { watchJob } from "../../api/watch-job";
import { hasEnded } from "../../domain/job";
import type { JobSnapshot } from "./screen-state";

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
