import { queryOptions, useQueryClient } from "@tanstack/react-query";
import type { Job } from "../../api/study-types";
import type { Prediction } from "../../api/wire";
import { toSliceEntry, toStudyEntry } from "../../domain/history";
import { eraseEntry, readEntry, readHistory, updateStudy, writeEntry } from "./history-store";

export const historyQuery = queryOptions({
  queryKey: ["history", "all"],
  queryFn: readHistory,
  retry: false,
  // Another tab of the same browser may have written or erased meanwhile.
  staleTime: 0,
  refetchOnWindowFocus: true,
});

/** One line of the history by its id. */
export function entryQuery(id: string) {
  return queryOptions({
    queryKey: ["history", "one", id],
    queryFn: () => readEntry(id),
    retry: false,
    staleTime: 0,
  });
}

interface Memory {
  onAccepted: (job: Job, name: string) => Promise<void>;
  onEnded: (job: Job) => void;
  onSlice: (prediction: Prediction, name: string) => void;
  onForget: (jobId: string) => void;
}

/** Keep what is asked for in this browser, as it happens. */
export function useMemory(): Memory {
  const client = useQueryClient();
  const write = async (writing: Promise<void>) => {
    try {
      await writing;
    } catch {
      // A browser may keep nothing, in a private window for instance; that costs the history alone.
      return;
    }
    void client.invalidateQueries({ queryKey: ["history"] });
  };
  return {
    onAccepted: (job, name) => write(writeEntry(toStudyEntry(job, name))),
    onEnded: (job) => {
      void write(updateStudy(job));
    },
    onSlice: (prediction, name) => {
      void write(writeEntry(toSliceEntry(prediction, name, new Date())));
    },
    onForget: (jobId) => {
      void write(eraseEntry(jobId));
    },
  };
}
