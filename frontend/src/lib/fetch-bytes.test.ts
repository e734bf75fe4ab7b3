import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { server } from "../testing/server";
import { fetchBytes } from "./fetch-bytes";

const ADDRESS = "/api/jobs/a/mask.nii.gz";

describe("fetchBytes", () => {
  it("returns the bytes of the file", async () => {
    server.use(
      http.get("*/api/jobs/a/mask.nii.gz", () =>
        HttpResponse.arrayBuffer(new Uint8Array([31, 139, 8]).buffer),
      ),
    );
    const bytes = await fetchBytes(ADDRESS, new AbortController().signal);
    expect([...new Uint8Array(bytes)]).toEqual([31, 139, 8]);
  });

  it("does not take an error for a file", async () => {
    server.use(http.get("*/api/jobs/a/mask.nii.gz", () => new HttpResponse("no", { status: 409 })));
    await expect(fetchBytes(ADDRESS, new AbortController().signal)).rejects.toThrow("409");
  });

  it("stops when told to", async () => {
    await expect(fetchBytes(ADDRESS, AbortSignal.abort())).rejects.toThrow();
  });
});
