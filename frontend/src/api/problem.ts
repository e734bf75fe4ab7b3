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

function fromProblem(problem: Problem, status: number): Failure {
  switch (problem.code) {
    case "not_ready":
      return { kind: "not_ready", detail: problem.detail };
    case "too_large":
    case "too_many_pixels":
      return { kind: "too_large", detail: problem.detail };
    case "no_file":
    case "several_files":
    case "empty_file":
    case "unsupported_format":
    case "unreadable_image":
    case "image_too_small":
    case "blank_image":
    case "multiple_frames":
    case "image_too_narrow":
    case "not_brain_mr":
    case "wrong_sequence":
      return {
        kind: "refused",
        code: problem.code,
        title: problem.title,
        detail: problem.detail,
        forceable: problem.forceable,
      };
    default:
      return {
        kind: "unknown",
        status,
        detail: problem.detail,
        requestId: problem.request_id,
      };
  }
}

/** Name the failure in an answer that is not 2xx, whoever wrote it: the API or a proxy before it. */
export async function readFailure(response: Response): Promise<Failure> {
  const problem = await readProblem(response);
  if (problem !== null) return fromProblem(problem, response.status);
  if (response.status === 413) return { kind: "too_large", detail: null };
  if (GATEWAY_STATUSES.has(response.status)) return { kind: "api_down" };
  return { kind: "unknown", status: response.status, detail: null, requestId: null };
}
