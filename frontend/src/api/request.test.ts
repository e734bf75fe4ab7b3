import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { server, stopApi } from "../testing/server";
import { requestSample, requestJson } from "./request";

const never = new AbortController().signal;

describe("requestJson", () => {
  it("asks under /api and returns what the JSON says", async () => {
    server.use(http.get("*/api/thing", () => HttpResponse.json({ answer: 42 })));
    expect(await requestJson("/thing", {})).toEqual({ answer: 42 });
  });

  it("calls a lost connection api_down", async () => {
    stopApi();
    await expect(requestJson("/thing", {})).rejects.toMatchObject({
      failure: { kind: "api_down" },
    });
  });

  it("calls a page where JSON was due unknown", async () => {
    server.use(http.get("*/api/thing", () => HttpResponse.html("<p>hello</p>")));
    await expect(requestJson("/thing", {})).rejects.toMatchObject({
      failure: { kind: "unknown", status: 200, detail: "The answer was not JSON." },
    });
  });

  it("lets an abort through as an abort, not as a failure", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(requestJson("/thing", { signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });
});

describe("requestSample", () => {
  it("makes a file of a sample, with its name and type", async () => {
    const file = await requestSample("/samples/tumor-1.png", "tumor-1.png", never);
    expect(file.name).toBe("tumor-1.png");
    expect(file.type).toBe("image/png");
    expect(file.size).toBe(4);
  });

  it.each([
    [200, "text/html"],
    [404, "application/gzip"],
  ])("fails where no sample comes: %d %s", async (status, type) => {
    server.use(
      http.get("*/samples/:name", () =>
        HttpResponse.text("<!doctype html>", { status, headers: { "content-type": type } }),
      ),
    );
    await expect(requestSample("/samples/x.png", "x.png", never)).rejects.toMatchObject({
      failure: { kind: "unknown", status, detail: "This sample did not come with the app." },
    });
  });
});
