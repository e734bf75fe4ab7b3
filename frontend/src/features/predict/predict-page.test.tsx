import { act, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { useMatch } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { aPrediction } from "../../testing/answers";
import { serveJob } from "../../testing/job-server";
import { renderInApp } from "../../testing/render";
import { refusePrediction, refuseUnlessForced, server, stopApi } from "../../testing/server";
import { aStudyJob } from "../../testing/study-answers";
import { PredictPage } from "./predict-page";
import type { Memory } from "./use-predict-screen";

const SLICE = new File(["x"], "my-slice.png", { type: "image/png" });

const FORGETFUL: Memory = {
  onAccepted: () => Promise.resolve(),
  onEnded: () => undefined,
  onSlice: () => undefined,
  onForget: () => undefined,
};

function Page({ memory }: { memory: Memory }) {
  const study = useMatch("/studies/:id");
  return (
    <PredictPage
      id={study?.params.id ?? null}
      memory={memory}
      renderSlice={({ prediction, fileName, onAnother }) => (
        <>
          <p>{`${fileName}: ${[prediction.label, ...prediction.warnings].join(", ")}`}</p>
          <button type="button" onClick={onAnother}>
            Another slice
          </button>
        </>
      )}
      renderStudy={({ job }) => <p>{`study ${job.id}: ${job.result?.label ?? "nothing"}`}</p>}
    />
  );
}

function open(address = "/predict", memory: Partial<Memory> = {}): void {
  renderInApp(<Page memory={{ ...FORGETFUL, ...memory }} />, address);
}

async function choose(...files: File[]): Promise<void> {
  await userEvent.upload(screen.getByLabelText("Files to analyse"), files);
}

function dropOf(file: File) {
  const items = [{ kind: "file", type: file.type, getAsFile: () => file }];
  return { dataTransfer: { files: [file], items, types: ["Files"] } };
}

/** Hold the answer back until the test releases it; tell when the upload is aborted. */
function holdAnswer(): { release: () => void; aborted: Promise<void> } {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  let abort: () => void = () => undefined;
  const aborted = new Promise<void>((resolve) => {
    abort = resolve;
  });
  server.use(
    http.post("*/api/predict", async ({ request }) => {
      request.signal.addEventListener("abort", abort);
      await held;
      return HttpResponse.json(aPrediction());
    }),
  );
  return { release, aborted };
}

describe("PredictPage", () => {
  it("shows the result of a chosen file", async () => {
    open();
    await choose(SLICE);
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Result");
  });

  it("shows the result of a pasted picture", async () => {
    open();
    await screen.findByRole("button", { name: "Choose files" });
    fireEvent.paste(document, { clipboardData: { files: [SLICE] } });
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
  });

  it.each([
    ["in the drop area", () => screen.getByRole("group", { name: "Choose a study or a slice" })],
    ["beside it", () => document.body],
  ])("sends a file once that is dropped %s", async (_, target) => {
    let sent = 0;
    server.use(
      http.post("*/api/predict", () => {
        sent += 1;
        return HttpResponse.json(aPrediction());
      }),
    );
    open();
    fireEvent.drop(target(), dropOf(SLICE));
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
    expect(sent).toBe(1);
  });

  it("takes a file that is dropped on a result", async () => {
    open();
    await choose(new File(["x"], "first.png", { type: "image/png" }));
    await screen.findByText("first.png: tumor");
    fireEvent.drop(document.body, dropOf(SLICE));
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
  });

  it("says so where nothing in what is dropped on a result can be sent, until something is", async () => {
    open();
    await choose(SLICE);
    await screen.findByText("my-slice.png: tumor");
    fireEvent.drop(document.body, dropOf(new File(["x"], "Thumbs.db")));
    expect(await screen.findByRole("alert")).toHaveTextContent("nothing was sent");
    expect(screen.getByText("my-slice.png: tumor")).toBeVisible();
    fireEvent.drop(document.body, dropOf(new File(["x"], "next.png", { type: "image/png" })));
    expect(await screen.findByText("next.png: tumor")).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("shows the answer of a slice that is dropped on a study, and leaves the study's address", async () => {
    serveJob(aStudyJob());
    open("/studies/job1");
    await screen.findByText("study job1: tumor");
    fireEvent.drop(document.body, dropOf(SLICE));
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
    expect(screen.queryByText("study job1: tumor")).not.toBeInTheDocument();
  });

  it("shows the result of a sample slice, and says that samples are no patient images", async () => {
    open();
    expect(screen.getByText(/not patient images/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: /Phantom 3/ }));
    expect(await screen.findByText("normal-1.png: tumor")).toBeVisible();
  });

  it("starts over for another slice, from the top", async () => {
    const scrollTo = vi.spyOn(window, "scrollTo");
    open();
    await choose(SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Another slice" }));
    expect(screen.getByRole("button", { name: "Choose files" })).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    expect(scrollTo).toHaveBeenCalledExactlyOnceWith(0, 0);
  });

  it("aborts the upload on cancel and forgets the slice", async () => {
    const { aborted, release } = holdAnswer();
    open();
    await choose(SLICE);
    expect(await screen.findByRole("heading", { name: "Analysing the slice" })).toHaveFocus();
    expect(screen.getByText("my-slice.png, 1 byte")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    await aborted;
    release();
    expect(screen.getByRole("button", { name: "Choose files" })).toBeVisible();
    expect(screen.queryByRole("alert")).not.toBeInTheDocument();
  });

  it("tells nothing of files that opened after others were chosen", async () => {
    const { release } = holdAnswer();
    let openSlowly: (bytes: ArrayBuffer) => void = () => undefined;
    const slow = new File(["x"], "study.nii.gz");
    const bytes = new Promise<ArrayBuffer>((resolve) => {
      openSlowly = resolve;
    });
    slow.slice = () => Object.assign(new Blob(), { arrayBuffer: () => bytes });
    open();
    await choose(slow);
    expect(await screen.findByRole("heading", { name: "Opening the files" })).toBeVisible();
    fireEvent.drop(document.body, dropOf(SLICE));
    expect(await screen.findByRole("heading", { name: "Analysing the slice" })).toBeVisible();
    await act(async () => {
      openSlowly(new ArrayBuffer(4));
      await bytes;
    });
    expect(screen.getByRole("heading", { name: "Analysing the slice" })).toBeVisible();
    release();
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
  });

  it("keeps the slice while the API is down and sends it again", async () => {
    stopApi();
    open();
    await choose(SLICE);
    expect(
      await screen.findByRole("heading", { name: "The service does not answer" }),
    ).toHaveFocus();
    expect(screen.getByText("my-slice.png, 1 byte")).toBeVisible();
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("my-slice.png: tumor")).toBeVisible();
  });

  it.each([
    ["as it is opened", "study.nii.gz", ""],
    ["as it is sent", "my-slice.png", "image/png"],
  ])("blames no service where a file is gone %s", async (_, name, type) => {
    stopApi();
    const file = new File(["x"], name, { type });
    const gone = () => Promise.reject(new DOMException("", "NotReadableError"));
    file.slice = () => Object.assign(new Blob(), { arrayBuffer: gone });
    open();
    await choose(file);
    expect(
      await screen.findByRole("heading", { name: "The file can no longer be read" }),
    ).toHaveFocus();
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
  });

  it("asks for the state of the service again after a failure", async () => {
    open();
    expect(await screen.findByText(/ready$/)).toBeVisible();
    stopApi();
    await choose(SLICE);
    expect(await screen.findByText("Service not reachable")).toBeVisible();
  });

  it("shows the reason of a refusal and does not offer the same file again", async () => {
    refusePrediction(415, "unsupported_format", "The file is plain text. Send a PNG.");
    open();
    await choose(SLICE);
    expect(await screen.findByRole("alert")).toHaveTextContent("The file is plain text.");
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Choose other files" }));
    expect(screen.getByRole("button", { name: "Choose files" })).toBeVisible();
  });

  it("sends a refused file again when the reader insists", async () => {
    refuseUnlessForced("not_brain_mr", "The image is noise.", "It would have been refused.");
    open();
    await choose(SLICE);
    expect(
      await screen.findByRole("heading", { name: "This was not taken for MR of a brain" }),
    ).toHaveFocus();
    expect(screen.getByText("The image is noise.")).toBeVisible();
    expect(screen.getByText(/No measurement would stand behind that answer/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Use it anyway" }));
    expect(
      await screen.findByText("my-slice.png: tumor, It would have been refused."),
    ).toBeVisible();
  });

  it("does not insist on the next slice of its own accord", async () => {
    refuseUnlessForced("wrong_sequence", "It is T1.", "It would have been refused.");
    open();
    await choose(SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Use it anyway" }));
    await userEvent.click(await screen.findByRole("button", { name: "Another slice" }));
    await choose(SLICE);
    expect(await screen.findByRole("alert")).toHaveTextContent("It is T1.");
  });

  it("has no way past a refusal that cannot be forced", async () => {
    refusePrediction(422, "blank_image", "All pixels are equal.");
    open();
    await choose(SLICE);
    expect(await screen.findByRole("heading", { name: "The image is blank" })).toBeVisible();
    expect(screen.queryByRole("button", { name: "Use it anyway" })).not.toBeInTheDocument();
  });

  it.each([
    [413, "too_large", "This is too large"],
    [503, "not_ready", "The service is not ready yet"],
    [500, "internal", "Something went wrong in the service"],
  ])("has a view for %d %s", async (status, code, heading) => {
    refusePrediction(status, code, "The reason.");
    open();
    await choose(SLICE);
    expect(await screen.findByRole("heading", { name: heading })).toBeVisible();
    expect(screen.getByText("The reason.")).toBeVisible();
  });

  it("quotes the request id of an unknown failure", async () => {
    refusePrediction(500, "internal", "The reason.");
    open();
    await choose(SLICE);
    expect(await screen.findByText("5f0c4a9e")).toBeVisible();
  });
});
