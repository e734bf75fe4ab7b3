import { describe, expect, it } from "vitest";
import { aProblem } from "../testing/answers";
import { readFailure } from "./problem";

function problemResponse(status: number, code: string, forceable = false): Response {
  const problem = aProblem(status, code, "What, and what to do.", forceable);
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "content-type": "application/problem+json" },
  });
}

describe("readFailure", () => {
  it.each([
    ["no_file", 400],
    ["several_files", 400],
    ["empty_file", 400],
    ["unsupported_format", 415],
    ["unreadable_image", 422],
    ["image_too_small", 422],
    ["blank_image", 422],
    ["image_too_narrow", 422],
    ["multiple_frames", 422],
    ["bad_archive", 400],
    ["missing_slices", 422],
    ["no_flair_series", 422],
  ])("calls %s a refused file and keeps its reason", async (code, status) => {
    expect(await readFailure(problemResponse(status, code))).toEqual({
      kind: "refused",
      code,
      title: "Title of the status",
      detail: "What, and what to do.",
      forceable: false,
    });
  });

  it.each(["not_brain_mr", "wrong_sequence"])("keeps that %s can be forced", async (code) => {
    expect(await readFailure(problemResponse(422, code, true))).toMatchObject({
      kind: "refused",
      code,
      forceable: true,
    });
  });

  it.each(["too_large", "too_many_pixels", "too_many_voxels", "unpacks_too_large"])(
    "calls %s too large",
    async (code) => {
      const failure = await readFailure(problemResponse(413, code));
      expect(failure).toEqual({ kind: "too_large", detail: "What, and what to do." });
    },
  );

  it("calls not_ready not ready, though a gateway uses the same status", async () => {
    const failure = await readFailure(problemResponse(503, "not_ready"));
    expect(failure).toEqual({ kind: "not_ready", detail: "What, and what to do." });
  });

  it.each(["queue_full", "too_many_streams"])("calls %s busy", async (code) => {
    const failure = await readFailure(problemResponse(429, code));
    expect(failure).toEqual({ kind: "busy", detail: "What, and what to do." });
  });

  it("calls a job that is no longer there gone", async () => {
    expect(await readFailure(problemResponse(404, "job_not_found"))).toEqual({ kind: "gone" });
  });

  it("does not blame the file for a parameter of the app's own", async () => {
    expect(await readFailure(problemResponse(400, "invalid_parameter"))).toMatchObject({
      kind: "unknown",
      status: 400,
    });
  });

  it.each(["internal", "a_code_of_tomorrow"])(
    "keeps the request id of %s for a report",
    async (code) => {
      expect(await readFailure(problemResponse(500, code))).toEqual({
        kind: "unknown",
        status: 500,
        detail: "What, and what to do.",
        requestId: "5f0c4a9e",
      });
    },
  );

  it.each([500, 502, 503, 504])("takes a bare %d for a proxy without an API", async (status) => {
    const page = new Response("<h1>Bad Gateway</h1>", {
      status,
      headers: { "content-type": "text/html" },
    });
    expect(await readFailure(page)).toEqual({ kind: "api_down" });
  });

  it("takes a bare 413 for a proxy that guards the size", async () => {
    const page = new Response("<h1>413</h1>", { status: 413 });
    expect(await readFailure(page)).toEqual({ kind: "too_large", detail: null });
  });

  it.each(["{", "null", '"text"', '{"code": 7, "detail": "x"}', '{"code": "internal"}'])(
    "does not trust a body that only claims to be a problem: %s",
    async (body) => {
      const response = new Response(body, {
        status: 418,
        headers: { "content-type": "application/problem+json" },
      });
      expect(await readFailure(response)).toEqual({
        kind: "unknown",
        status: 418,
        detail: null,
        requestId: null,
      });
    },
  );
});
