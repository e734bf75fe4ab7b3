import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";
import { server, stopApi } from "../testing/server";
import { upload } from "./upload";

function aForm(): FormData {
  const form = new FormData();
  form.append("file", new File(["voxels"], "study.nii"), "anna/study.nii");
  return form;
}

function options() {
  return { signal: new AbortController().signal, onShare: () => undefined };
}

describe("upload", () => {
  it("posts the form and answers as fetch does", async () => {
    server.use(
      http.post("*/api/things", ({ request }) => {
        const type = request.headers.get("content-type") ?? "";
        return HttpResponse.json({ type: type.split(";")[0] }, { status: 202 });
      }),
    );
    const response = await upload("/things", aForm(), options());
    expect(response.status).toBe(202);
    expect(response.headers.get("content-type")).toContain("json");
    expect(await response.json()).toEqual({ type: "multipart/form-data" });
  });

  it("tells how much is sent", async () => {
    server.use(http.post("*/api/things", () => HttpResponse.json({})));
    const onShare = vi.fn();
    await upload("/things", aForm(), { ...options(), onShare });
    expect(onShare).toHaveBeenLastCalledWith(1);
  });

  it("hands over an answer that is not 2xx for the caller to read", async () => {
    server.use(http.post("*/api/things", () => new HttpResponse("no", { status: 413 })));
    expect((await upload("/things", aForm(), options())).status).toBe(413);
  });

  it("calls a lost connection api_down", async () => {
    stopApi();
    await expect(upload("/things", aForm(), options())).rejects.toMatchObject({
      failure: { kind: "api_down" },
    });
  });

  it("stops when it is cancelled, before and on the way", async () => {
    let arrived: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    server.use(
      http.post("*/api/things", () => {
        arrived();
        return new Promise<never>(() => undefined);
      }),
    );
    const controller = new AbortController();
    const onTheWay = upload("/things", aForm(), { ...options(), signal: controller.signal });
    await sent;
    controller.abort();
    await expect(onTheWay).rejects.toMatchObject({ name: "AbortError" });
    const before = upload("/things", aForm(), { ...options(), signal: controller.signal });
    await expect(before).rejects.toMatchObject({ name: "AbortError" });
  });
});
