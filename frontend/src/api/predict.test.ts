import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { aPrediction } from "../testing/answers";
import { server } from "../testing/server";
import { predictSlice } from "./predict";

describe("predictSlice", () => {
  it("posts the file as multipart and asks for the heat map", async () => {
    let explain: string | null = null;
    let body = "";
    server.use(
      http.post("*/api/predict", async ({ request }) => {
        explain = new URL(request.url).searchParams.get("explain");
        body = await request.text();
        return HttpResponse.json(aPrediction());
      }),
    );
    const file = new File(["bytes"], "slice.png", { type: "image/png" });
    const prediction = await predictSlice(file, new AbortController().signal);
    expect(explain).toBe("true");
    expect(body).toContain('name="file"; filename=');
    expect(body).toContain("bytes");
    expect(prediction).toEqual(aPrediction());
  });
});
