import { render, screen, waitFor } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";
import type { Job } from "../../../api/study-types";
import { FIRST_VIEW } from "../../../domain/view-settings";
import { server } from "../../../testing/server";
import { aStudy, aStudyJob } from "../../../testing/study-answers";
import { VolumeViewer } from "./volume-viewer";

/** jsdom draws no WebGL: what a scene shows is for Playwright, what becomes of failure is not. */
function show(job: Job) {
  const onFailed = vi.fn();
  const unused = {
    onSlice: vi.fn(),
    onWindow: vi.fn(),
    onPlace: vi.fn(),
    onReady: vi.fn(),
    onPress: vi.fn(),
  };
  const axis = { count: 8, up: true };
  const { unmount } = render(
    <VolumeViewer
      job={job}
      axis={axis}
      sliceIndex={3}
      settings={FIRST_VIEW}
      onFailed={onFailed}
      {...unused}
    />,
  );
  return { onFailed, unmount, onReady: unused.onReady };
}

function serveFiles(answer: () => Response | Promise<Response>): string[] {
  const asked: string[] = [];
  server.use(
    http.get("*/api/jobs/job1/:name", ({ params }) => {
      asked.push(String(params.name));
      return answer();
    }),
  );
  return asked;
}

describe("VolumeViewer", () => {
  it("asks for scan and mask, and tells of bytes that are no volume", async () => {
    const asked = serveFiles(() => HttpResponse.arrayBuffer(new Uint8Array([1, 2, 3]).buffer));
    const { onFailed, onReady } = show(aStudyJob());
    expect(screen.getByRole("status")).toHaveTextContent("Loading the volume");
    await waitFor(() => {
      expect(onFailed).toHaveBeenCalledOnce();
    });
    expect(asked.sort()).toEqual(["mask.nii.gz", "volume.nii.gz"]);
    expect(onReady).not.toHaveBeenCalled();
  });

  it("asks for no mask where nothing was outlined", async () => {
    const asked = serveFiles(() => new HttpResponse(null, { status: 500 }));
    const { onFailed } = show(aStudyJob({ result: aStudy({ lesion: null }) }));
    await waitFor(() => {
      expect(onFailed).toHaveBeenCalledOnce();
    });
    expect(asked).toEqual(["volume.nii.gz"]);
  });

  it("tells of a job without a volume", async () => {
    const { onFailed } = show(aStudyJob({ artefacts: [] }));
    await waitFor(() => {
      expect(onFailed).toHaveBeenCalledOnce();
    });
  });

  it("says nothing once it is gone", async () => {
    let answer: (response: Response) => void = () => undefined;
    const asked = serveFiles(
      () =>
        new Promise<Response>((resolve) => {
          answer = resolve;
        }),
    );
    const { onFailed, unmount } = show(aStudyJob({ result: aStudy({ lesion: null }) }));
    await waitFor(() => {
      expect(asked).toHaveLength(1);
    });
    unmount();
    answer(new HttpResponse(null, { status: 500 }));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(onFailed).not.toHaveBeenCalled();
  });
});
