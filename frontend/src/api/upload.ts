import { RequestFailed } from "../domain/failure";

/** Called with the share of the bytes that are sent, in [0, 1]. */
export type OnShare = (share: number) => void;

interface UploadOptions {
  signal: AbortSignal;
  onShare: OnShare;
}

/** Statuses that a Response may not have a body with. */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

function toResponse(request: XMLHttpRequest): Response {
  const body = NO_BODY.has(request.status) ? null : request.responseText;
  const type = request.getResponseHeader("content-type") ?? "";
  return new Response(body, { status: request.status, headers: { "content-type": type } });
}

/**
 * Post a form and tell how much of it is sent, which fetch cannot. Answers as fetch does; throws
 * RequestFailed where nobody listens, AbortError when cancelled.
 */
export function upload(path: string, form: FormData, options: UploadOptions): Promise<Response> {
  const { signal, onShare } = options;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => {
      if (lengthComputable && total > 0) onShare(loaded / total);
    };
    request.onload = () => {
      resolve(toResponse(request));
    };
    request.onerror = () => {
      reject(new RequestFailed({ kind: "api_down" }));
    };
    signal.addEventListener("abort", () => {
      request.abort();
      reject(new DOMException("The upload was cancelled.", "AbortError"));
    });
    request.open("POST", `/api${path}`);
    request.send(form);
  });
}
