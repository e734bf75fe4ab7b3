import { fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { useMatch } from "react-router";
import { describe, expect, it, vi } from "vitest";
import type { Job } from "../../api/study-types";
import { aPrediction, aProblem, someHealth } from "../../testing/answers";
import { stubEventSource } from "../../testing/event-source";
import { aFailedJob, aQueuedJob, aRunningJob, serveJob } from "../../testing/job-server";
import { renderInApp } from "../../testing/render";
import { server, stopApi } from "../../testing/server";
import { aStudy, aStudyInput, aStudyJob } from "../../testing/study-answers";
import { PredictPage } from "./predict-page";
import type { Memory } from "./use-predict-screen";

const VOLUME = new File([new Uint8Array([0x1f, 0x8b, 8, 0])], "anna.nii.gz");
const DICOM = new File(["\0".repeat(128), "DICM"], "001.dcm");

function aMemory() {
  return {
    onAccepted: vi.fn<Memory["onAccepted"]>().mockResolvedValue(undefined),
    onEnded: vi.fn<Memory["onEnded"]>(),
    onSlice: vi.fn<Memory["onSlice"]>(),
    onForget: vi.fn<Memory["onForget"]>(),
  };
}

function Page({ memory }: { memory: Memory }) {
  const study = useMatch("/studies/:id");
  return (
    <PredictPage
      id={study?.params.id ?? null}
      memory={memory}
      renderSlice={({ fileName }) => <p>{`slice ${fileName}`}</p>}
      renderStudy={({ job }) => <p>{`study ${job.id}`}</p>}
    />
  );
}

function open(address = "/predict") {
  const memory = aMemory();
  renderInApp(<Page memory={memory} />, address);
  return memory;
}

/** Answer each look at a job with a problem. */
function refuseJob(status: number, code: string, detail: string): void {
  server.use(
    http.get("*/api/jobs/:id", () =>
      HttpResponse.json(aProblem(status, code, detail), {
        status,
        headers: { "content-type": "application/problem+json" },
      }),
    ),
  );
}

async function choose(...files: File[]): Promise<void> {
  await userEvent.upload(screen.getByLabelText("Files to analyse"), files);
}

describe("PredictPage, with a study", () => {
  it("sends a volume as a job and follows it by asking, where there is no stream", async () => {
    const { posted } = serveJob(aQueuedJob(), aRunningJob(), aStudyJob());
    const memory = open();
    await choose(VOLUME);
    expect(
      await screen.findByRole("heading", { name: /The study has arrived|Analysing/ }),
    ).toHaveFocus();
    expect(await screen.findByText("study job1")).toBeVisible();
    expect(posted).toHaveLength(1);
    expect(memory.onAccepted).toHaveBeenCalledWith(aQueuedJob(), "anna.nii.gz");
    expect(memory.onEnded).toHaveBeenCalledWith(aStudyJob());
  });

  it("shows every slice that the stream tells", async () => {
    const streams = stubEventSource();
    serveJob(aQueuedJob());
    open();
    await choose(VOLUME);
    await vi.waitFor(() => {
      expect(streams).toHaveLength(1);
    });
    const tell = (job: Job) => {
      streams[0]?.tell(job);
    };
    tell(aRunningJob());
    expect(await screen.findByText("3 of 6 slices")).toBeVisible();
    expect(screen.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "50");
    expect(screen.getByText("Judging slice by slice")).toBeVisible();
    tell(aRunningJob({ attempts: 2 }));
    expect(await screen.findByText(/this is attempt 2/)).toBeVisible();
    tell(aStudyJob());
    expect(await screen.findByText("study job1")).toBeVisible();
    expect(streams[0]?.closed).toBe(true);
  });

  it("says that a queue without a worker will not move", async () => {
    stubEventSource();
    server.use(
      http.get("*/api/health", () =>
        HttpResponse.json(someHealth({ jobs: { queued: 1, running: 0, workers: 0 } })),
      ),
    );
    serveJob(aQueuedJob());
    open("/studies/job1");
    expect(await screen.findByRole("alert")).toHaveTextContent("No worker is running");
  });

  it("says that a study whose worker died will not move either", async () => {
    stubEventSource();
    server.use(
      http.get("*/api/health", () =>
        HttpResponse.json(someHealth({ jobs: { queued: 0, running: 1, workers: 0 } })),
      ),
    );
    serveJob(aRunningJob());
    open("/studies/job1");
    expect(await screen.findByRole("alert")).toHaveTextContent("No worker is running");
  });

  it("goes on asking when the stream breaks", async () => {
    const streams = stubEventSource();
    serveJob(aQueuedJob(), aStudyJob());
    open();
    await choose(VOLUME);
    await vi.waitFor(() => {
      expect(streams).toHaveLength(1);
    });
    streams[0]?.breakOff();
    expect(await screen.findByText("study job1")).toBeVisible();
  });

  it("asks how the service stands when a study cannot be asked after", async () => {
    const streams = stubEventSource();
    serveJob(aRunningJob());
    open("/studies/job1");
    expect(await screen.findByText("Service ready")).toBeVisible();
    await screen.findByRole("heading", { name: "Analysing the study" });
    stopApi();
    streams[0]?.breakOff();
    expect(await screen.findByText("Service not reachable")).toBeVisible();
  });

  it("ends with a way on where the service loses a study that was being judged", async () => {
    const streams = stubEventSource();
    const { erased, posted } = serveJob(aRunningJob());
    open();
    await choose(VOLUME);
    await screen.findByRole("heading", { name: "Analysing the study" });
    erased.push("job1");
    streams[0]?.breakOff();
    expect(
      await screen.findByRole("heading", { name: "This study is no longer there" }),
    ).toHaveFocus();
    erased.pop();
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByRole("heading", { name: "Analysing the study" })).toBeVisible();
    expect(posted).toHaveLength(2);
  });

  it("says that a fault of the service does not end the waiting", async () => {
    const streams = stubEventSource();
    serveJob(aRunningJob());
    open("/studies/job1");
    await screen.findByRole("heading", { name: "Analysing the study" });
    refuseJob(500, "internal", "A fault.");
    streams[0]?.breakOff();
    expect(await screen.findByRole("alert")).toHaveTextContent("This page keeps asking.");
    expect(screen.getByRole("heading", { name: "Analysing the study" })).toBeVisible();
    serveJob(aStudyJob());
    expect(await screen.findByText("study job1")).toBeVisible();
  });

  it("offers no second look at a study that broke off for good", async () => {
    serveJob(aFailedJob("worker_lost", "The worker died in each of 3 tries."));
    open("/studies/job1");
    expect(await screen.findByText("The worker died in each of 3 tries.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Try again" })).not.toBeInTheDocument();
    expect(screen.getByText(/^Choose the files again\./)).toBeVisible();
  });

  it("finds a study again by its address", async () => {
    serveJob(aStudyJob());
    open("/studies/job1");
    expect(await screen.findByText("study job1")).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("Result");
  });

  it("says that a study was cancelled", async () => {
    serveJob(aStudyJob({ state: "cancelled", result: null }));
    open("/studies/job1");
    expect(await screen.findByRole("heading", { name: "This study was cancelled" })).toBeVisible();
  });

  it("says that a study is no longer there", async () => {
    serveJob(aStudyJob());
    open("/studies/another");
    expect(
      await screen.findByRole("heading", { name: "This study is no longer there" }),
    ).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Choose other files" }));
    expect(await screen.findByRole("button", { name: "Choose files" })).toBeVisible();
  });

  it("looks again when the service was down at first", async () => {
    stopApi();
    open("/studies/job1");
    expect(await screen.findByText(/could not be looked up/)).toBeVisible();
    serveJob(aStudyJob());
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("study job1")).toBeVisible();
  });

  it("cancels the job, forgets it and starts over", async () => {
    stubEventSource();
    const { erased } = serveJob(aRunningJob());
    const memory = open();
    await choose(VOLUME);
    await screen.findByRole("heading", { name: "Analysing the study" });
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("button", { name: "Choose files" })).toBeVisible();
    expect(erased).toEqual(["job1"]);
    expect(memory.onForget).toHaveBeenCalledWith("job1");
  });

  it("says so when the job cannot be cancelled", async () => {
    stubEventSource();
    serveJob(aRunningJob());
    open();
    await choose(VOLUME);
    await screen.findByRole("heading", { name: "Analysing the study" });
    stopApi();
    await userEvent.click(screen.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByText(/could not be cancelled/)).toBeVisible();
  });

  it("answers for a single slice by itself, and leaves no job behind", async () => {
    const { erased } = serveJob(aQueuedJob(), aFailedJob("not_a_volume", "It holds one slice."));
    const memory = open();
    await choose(DICOM);
    expect(await screen.findByText("slice 001.dcm")).toBeVisible();
    expect(erased).toEqual(["job1"]);
    expect(memory.onForget).toHaveBeenCalledWith("job1");
    expect(memory.onEnded).not.toHaveBeenCalled();
  });

  it("sends all files again where one slice was among them", async () => {
    serveJob(aQueuedJob(), aFailedJob("not_a_volume", "It holds one slice."));
    let sent = "";
    server.use(
      http.post("*/api/predict", async ({ request }) => {
        sent = await request.text();
        return HttpResponse.json(aPrediction());
      }),
    );
    open();
    await choose(new File(["Made by a viewer."], "README.txt"), DICOM);
    expect(await screen.findByText("slice README.txt and 1 more")).toBeVisible();
    expect(sent).toContain("Made by a viewer.");
    expect(sent).toContain("DICM");
  });

  it("judges a volume by a picture's name as a study", async () => {
    const { posted } = serveJob(aStudyJob());
    server.use(http.post("*/api/predict", () => HttpResponse.json(aStudy())));
    open();
    await choose(new File(["II*\0"], "frames.dcm"));
    expect(await screen.findByText("study job1")).toBeVisible();
    expect(posted).toHaveLength(1);
  });

  it("sends the study again when the reader insists", async () => {
    const error = { code: "wrong_sequence", detail: "It is T1.", forceable: true };
    const { posted } = serveJob(aQueuedJob(), aFailedJob("", "", { error }));
    open();
    await choose(VOLUME);
    await userEvent.click(await screen.findByRole("button", { name: "Use it anyway" }));
    await vi.waitFor(() => {
      expect(posted.map(({ query }) => query.toString())).toEqual(["", "force=true"]);
    });
  });

  it("lets the reader say which series is the FLAIR", async () => {
    const detail =
      "None is FLAIR: 1: T1, 20 slices; 2: T2, 24 slices. Name the FLAIR with series=N.";
    const { posted } = serveJob(aQueuedJob(), aFailedJob("no_flair_series", detail));
    open();
    await choose(VOLUME, DICOM);
    expect(
      await screen.findByRole("heading", { name: "Which series is the FLAIR?" }),
    ).toBeVisible();
    expect(screen.getByText("T2, 24 slices")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Use series 2" }));
    await vi.waitFor(() => {
      expect(posted.map(({ query }) => query.toString())).toEqual(["", "series=2"]);
    });
  });

  it("offers the series that were not taken, as long as the files are here", async () => {
    const series = { number: 2, of: 3, reason: "It is FLAIR by its name." };
    const result = aStudy({ input: aStudyInput({ series }) });
    const { posted } = serveJob(aQueuedJob(), aStudyJob({ result }));
    open();
    await choose(VOLUME);
    await userEvent.click(await screen.findByText(/Series 2 of 3 was taken/));
    expect(screen.queryByRole("button", { name: "Use series 2" })).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole("button", { name: "Use series 3" }));
    await vi.waitFor(() => {
      expect(posted.map(({ query }) => query.toString())).toEqual(["", "series=3"]);
    });
  });

  it("offers nothing that it has no files for", async () => {
    const error = { code: "wrong_sequence", detail: "It is T1.", forceable: true };
    serveJob(aFailedJob("", "", { error }));
    open("/studies/job1");
    expect(await screen.findByText("It is T1.")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Use it anyway" })).not.toBeInTheDocument();
    expect(screen.getByText(/Choose the files again/)).toBeVisible();
  });

  it("keeps the files while the API is down and sends them again", async () => {
    stopApi();
    open();
    fireEvent.paste(document, { clipboardData: { files: [VOLUME] } });
    expect(
      await screen.findByRole("heading", { name: "The service does not answer" }),
    ).toHaveFocus();
    serveJob(aStudyJob());
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText("study job1")).toBeVisible();
  });

  it("sends a sample study, and says that samples are no patient images", async () => {
    const { posted } = serveJob(aStudyJob());
    open();
    expect(screen.getByText(/not patient images/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: /Phantom study A/ }));
    expect(await screen.findByText("study job1")).toBeVisible();
    expect(posted).toHaveLength(1);
  });
});
