import type { Failure } from "../domain/failure";
import type { Problem } from "./wire";

/** What nginx and the Vite proxy answer by themselves while the API behind them is down. */
const GATEWAY_STATUSES: ReadonlySet<number> = new Set([500, 502, 503, 504]);

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}

async function readProblem(response: Response): Promise<Problem | null> {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return null;
  try {
    const body: unknown = await response.json();
    return isProblem(body) ? body : null;
  } catch {
    return null;
  }
}

/** Statuses that blame what was sent; the code says for what. */
const REFUSAL_STATUSES: ReadonlySet<number> = new Set([400, 415, 422]);

/** The app's own requests are at fault there, not the file. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["invalid_parameter"]);

function fromProblem(problem: Problem, status: number): Failure {
  const { code, title, detail, forceable } = problem;
  if (status === 413) return { kind: "too_large", detail };
  if (status === 429) return { kind: "busy", detail };
  if (code === "not_ready" || code === "store_unavailable") return { kind: "not_ready", detail };
  if (code === "job_not_found") return { kind: "gone" };
  if (REFUSAL_STATUSES.has(status) && !OWN_FAULTS.has(code)) {
    return { kind: "refused", code, title, detail, forceable };
  }
  return { kind: "unknown", status, detail, requestId: problem.request_id };
}

/** Name the failure in an answer that is not 2xx, whoever wrote it: the API or a proxy before it. */
export async function readFailure(response: Response): Promise<Failure> {
  const problem = await readProblem(response);
  if (problem !== null) return fromProblem(problem, response.status);
  if (response.status === 413) return { kind: "too_large", detail: null };
  if (GATEWAY_STATUSES.has(response.status)) return { kind: "api_down" };
  return { kind: "unknown", status: response.status, detail: null, requestId: null };
}
