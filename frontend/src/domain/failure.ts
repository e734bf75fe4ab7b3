/** Everything that can go wrong with a request, as the screen tells it apart. */
export type Failure =
  | { kind: "api_down" }
  | { kind: "unreadable" }
  | { kind: "not_ready"; detail: string }
  | { kind: "busy"; detail: string }
  | { kind: "too_large"; detail: string | null }
  | { kind: "refused"; code: string; title: string; detail: string; forceable: boolean }
  | { kind: "gone" }
  | { kind: "cancelled" }
  | { kind: "unknown"; status: number | null; detail: string | null; requestId: string | null };

/** The one error that the API functions throw; it carries the failure that the screen shows. */
export class RequestFailed extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`request failed: ${failure.kind}`);
    this.name = "RequestFailed";
    this.failure = failure;
  }
}

/** Name the failure behind anything thrown; what nobody foresaw is `unknown`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof RequestFailed) return thrown.failure;
  return { kind: "unknown", status: null, detail: null, requestId: null };
}

/** True where the API would answer for the same file, with a warning, if the reader insists. */
export function canForce(failure: Failure): boolean {
  return failure.kind === "refused" && failure.forceable;
}

const MAY_PASS: ReadonlySet<Failure["kind"]> = new Set([
  "api_down",
  "not_ready",
  "busy",
  "unknown",
]);

/** True where the very same request can end differently. */
export function canTryAgain(failure: Failure): boolean {
  return MAY_PASS.has(failure.kind);
}

/** True where sending the very same files again can end differently; a job that is no more has left none. */
export function canSendAgain(failure: Failure): boolean {
  return canTryAgain(failure) || failure.kind === "gone" || failure.kind === "cancelled";
}
