import { RequestFailed } from "../domain/failure";
import { readFailure } from "./problem";

function wasAborted(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "AbortError";
}

async function send(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (thrown) {
    if (wasAborted(thrown)) throw thrown;
    throw new RequestFailed({ kind: "api_down" });
  }
}

/** Read the JSON of an answer; throw RequestFailed where it is none, or not 2xx. */
export async function readJson(response: Response): Promise<unknown> {
  if (!response.ok) throw new RequestFailed(await readFailure(response));
  try {
    return await response.json();
  } catch (thrown) {
    if (wasAborted(thrown)) throw thrown;
    throw new RequestFailed({
      kind: "unknown",
      status: response.status,
      detail: "The answer was not JSON.",
      requestId: null,
    });
  }
}

/** Fetch JSON from the API; throw RequestFailed for any other answer, AbortError when cancelled. */
export async function requestJson(path: string, init: RequestInit): Promise<unknown> {
  return readJson(await send(`/api${path}`, init));
}

/** Ask the API for something that it answers without a body; return the status. */
export async function requestNothing(path: string, init: RequestInit): Promise<number> {
  const response = await send(`/api${path}`, init);
  if (!response.ok) throw new RequestFailed(await readFailure(response));
  return response.status;
}

/** Fetch a sample that ships with the app and return it as a file of that name. */
export async function requestSample(
  path: string,
  name: string,
  signal: AbortSignal,
): Promise<File> {
  const response = await send(path, { signal });
  const type = response.headers.get("content-type") ?? "";
  // A web server without the file answers with the app's own page.
  if (!response.ok || type.startsWith("text/")) {
    throw new RequestFailed({
      kind: "unknown",
      status: response.status,
      detail: "This sample did not come with the app.",
      requestId: null,
    });
  }
  return new File([await response.arrayBuffer()], name, { type });
}
