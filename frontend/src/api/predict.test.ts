import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { aPrediction } from "../testing/answers";
import { server } from "../testing/server";
import { aStudy } from "../testing/study-answers";
import { predictSlice } from "./predict";

const FILE = new File(["bytes"], "slice.png", { type: "image/png" });

/** Answer one prediction and tell what was asked. */
function listen(): { query: () => string; body: () => string } {
  let query = "";
  let body = "";
  server.use(
    http.post("*/api/predict", async ({ request }) => {
      query = new URL(request.url).search;
      body = await request.text();
      return HttpResponse.json(aPrediction());
    }),
  );
  return { query: () => query, body: () => body };
}

describe("predictSlice", () => {
  it("posts the file as multipart and asks for heat map and mask", async () => {
    const asked = listen();
    const prediction = await predictSlice([FILE], false, new AbortController().signal);
    expect(asked.query()).toBe("?explain=true&mask=true");
    expect(asked.body()).toContain('name="file"; filename=');
    expect(asked.body()).toContain("bytes");
    expect(prediction).toEqual(aPrediction());
  });

  it("has no prediction of a slice where the files hold a volume", async () => {
    server.use(http.post("*/api/predict", () => HttpResponse.json(aStudy())));
    expect(await predictSlice([FILE], false, new AbortController().signal)).toBeNull();
  });

  it("insists where the reader does", async () => {
    const asked = listen();
    await predictSlice([FILE], true, new AbortController().signal);
    expect(asked.query()).toBe("?explain=true&mask=true&force=true");
  });
});
