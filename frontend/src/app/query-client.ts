import { QueryClient } from "@tanstack/react-query";
import { canTryAgain, toFailure } from "../domain/failure";

const MOST_RETRIES = 1;

/** Server state; a read that may end differently is tried once more, an upload never by itself. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => count < MOST_RETRIES && canTryAgain(toFailure(error)),
        refetchOnWindowFocus: false,
        // The API may run on this very machine; a lost network says nothing about it.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
