import { queryOptions } from "@tanstack/react-query";
import { RequestFailed, toFailure } from "../domain/failure";
import { hasEnded } from "../domain/job";
import { toPath } from "../domain/upload";
import { readJson, requestJson, requestNothing } from "./request";
import type { Job } from "./study-types";
import { upload, type OnShare } from "./upload";

/** What the reader asks of a study beside its files; series: which of several is the FLAIR, from 1. */
export interface JobOptions {
  forced: boolean;
  series: number | null;
}

function toQuery({ forced, series }: JobOptions): string {
  const query = new URLSearchParams();
  if (forced) query.set("force", "true");
  if (series !== null) query.set("series", String(series));
  return query.size === 0 ? "" : `?${query.toString()}`;
}

function toJobPath(id: string): string {
  return `/jobs/${encodeURIComponent(id)}`;
}

/** Hand in a study; the answer is a job that waits. */
export async function postJob(
  files: readonly File[],
  options: JobOptions,
  signal: AbortSignal,
  onShare: OnShare,
): Promise<Job> {
  const form = new FormData();
  // With the way in its folder: that tells sequences apart and pairs a header with its voxels.
  for (const file of files) form.append("file", file, toPath(file));
  const response = await upload(`/jobs${toQuery(options)}`, form, { signal, onShare });
  return (await readJson(response)) as Job;
}

/** One job as it stands; what has ended changes no more. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ["jobs", id],
    queryFn: async ({ signal }) => (await requestJson(toJobPath(id), { signal })) as Job,
    staleTime: ({ state }) => (state.data !== undefined && hasEnded(state.data) ? Infinity : 0),
  });
}

/** How often to ask where no stream tells, ms. */
const POLL_MS = 1_000;

/** When to ask for a job again, ms; false: never, since it has ended or the service has lost it. */
export function pollInterval(job: Job | undefined, error: unknown): number | false {
  if (job === undefined || hasEnded(job)) return false;
  return error !== null && toFailure(error).kind === "gone" ? false : POLL_MS;
}

/** Where the API tells each change of a job as it comes. */
export function jobEventsAddress(id: string): string {
  return `/api${toJobPath(id)}/events`;
}

const NO_CONTENT = 204;

async function deleteJob(id: string): Promise<number> {
  try {
    return await requestNothing(toJobPath(id), { method: "DELETE" });
  } catch (thrown) {
    if (toFailure(thrown).kind === "gone") return NO_CONTENT;
    throw thrown;
  }
}

/** Stop a job that has not ended. */
export async function cancelJob(id: string): Promise<void> {
  await deleteJob(id);
}

/** Erase a job with all its files, stopping it first where it runs; fine where it is gone already. */
export async function eraseJob(id: string): Promise<void> {
  if ((await deleteJob(id)) === NO_CONTENT) return;
  if ((await deleteJob(id)) === NO_CONTENT) return;
  throw new RequestFailed({
    kind: "unknown",
    status: null,
    detail: "The study was stopped, but its files are not erased yet.",
    requestId: null,
  });
}
