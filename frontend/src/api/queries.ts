import { queryOptions } from "@tanstack/react-query";
import { requestJson } from "./request";
import type { Health, Models } from "./wire";

const HEALTH_SOON_MS = 5_000;
const HEALTH_EVERY_MS = 30_000;

/** The models that are served, with their measured figures; they change with a deployment only. */
export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: async ({ signal }) => (await requestJson("/models", { signal })) as Models,
  staleTime: 5 * 60 * 1_000,
});

/** When to ask for the health again, ms: now and then while all is well, soon in every other case. */
export function healthInterval(answered: boolean, health: Health | undefined): number {
  return answered && health?.status === "ok" ? HEALTH_EVERY_MS : HEALTH_SOON_MS;
}

/** Whether the API answers and its model is loaded; asked again and again. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async ({ signal }) => (await requestJson("/health", { signal })) as Health,
  retry: false,
  staleTime: HEALTH_SOON_MS,
  refetchInterval: ({ state }) => healthInterval(state.status === "success", state.data),
});
