import { useMutation, useQueryClient } from "@tanstack/react-query";
import { eraseJob, jobQuery } from "../../api/jobs";
import { hasExpired, type HistoryEntry } from "../../domain/history";
import { eraseEntry } from "./history-store";

/** Erase the study on the service, then its line here: what is no longer listed is nowhere kept. */
async function erase(entry: HistoryEntry): Promise<void> {
  if (entry.kind === "study" && !hasExpired(entry, new Date())) await eraseJob(entry.id);
  await eraseEntry(entry.id);
}

interface Erasing {
  erase: (entries: readonly HistoryEntry[]) => void;
  isPending: boolean;
  /** True where the last one left lines that the service could not erase. */
  isError: boolean;
  /** What the last one was to erase, once it has ended. */
  endedWith: readonly HistoryEntry[] | null;
}

/** Erase lines of the history, one after the other; those that the service cannot erase stay. */
export function useErase(): Erasing {
  const client = useQueryClient();
  const {
    mutate,
    isPending,
    isError,
    variables = null,
  } = useMutation({
    mutationFn: async (entries: readonly HistoryEntry[]) => {
      const left: unknown[] = [];
      for (const entry of entries) {
        try {
          await erase(entry);
          client.removeQueries({ queryKey: jobQuery(entry.id).queryKey });
        } catch (thrown) {
          left.push(thrown);
        }
      }
      if (left.length > 0) throw new AggregateError(left);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["history"] }),
  });
  return { erase: mutate, isPending, isError, endedWith: isPending ? null : variables };
}
