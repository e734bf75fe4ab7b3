import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http } from "msw";
import { describe, expect, it } from "vitest";
import { toSliceEntry, toStudyEntry, type HistoryEntry } from "../../domain/history";
import { aPrediction } from "../../testing/answers";
import { aFailedJob, aQueuedJob, aRunningJob, serveJob } from "../../testing/job-server";
import { renderInApp } from "../../testing/render";
import { server, stopApi } from "../../testing/server";
import { aStudyJob } from "../../testing/study-answers";
import { HistoryPage } from "./history-page";
import { readEntry, readHistory, writeEntry } from "./history-store";

const KEPT = aStudyJob();
const STUDY = toStudyEntry(KEPT, "anna.nii.gz");
const SLICE = toSliceEntry(aPrediction(), "slice.png", new Date("2026-11-23T10:00:00Z"));

async function open(...entries: HistoryEntry[]): Promise<void> {
  for (const entry of entries) await writeEntry(entry);
  renderInApp(<HistoryPage />);
}

async function row(name: string): Promise<HTMLElement> {
  const line = (await screen.findByRole("button", { name: `Erase ${name}` })).closest("li");
  if (line === null) throw new Error(`${name} stands in no line`);
  return line;
}

describe("HistoryPage", () => {
  it("says that it is kept in this browser alone, and that nothing is there yet", async () => {
    await open();
    expect(screen.getByText(/never sent anywhere/)).toBeVisible();
    expect(await screen.findByText("Nothing was asked in this browser yet")).toBeVisible();
    expect(screen.getByText(/or the browser had no room left to keep it/)).toBeVisible();
  });

  it("lists name, date and answer, the latest first, and leads to what can be opened", async () => {
    serveJob(KEPT);
    await open(SLICE, STUDY);
    expect(await row("anna.nii.gz")).toHaveTextContent("Signs of a tumour, 97%");
    expect(await row("anna.nii.gz")).toHaveTextContent("34.5 mL");
    expect(await row("anna.nii.gz")).toHaveTextContent("24 Nov 2026");
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
      "/studies/job1",
    ]);
    expect(screen.getAllByRole("listitem")[1]).toHaveTextContent("slice.png");
  });

  it("calls a study expired that the service no longer has, by its date or by its word", async () => {
    serveJob(KEPT);
    const erased = { ...STUDY, id: "job2", name: "bert.nii.gz" };
    const past = { ...STUDY, id: "job3", name: "carl.nii.gz", expires_at: "2026-01-01T00:00:00Z" };
    await open(erased, past);
    await screen.findAllByText(/expired on the service/);
    for (const name of ["bert.nii.gz", "carl.nii.gz"]) {
      const line = await row(name);
      expect(await within(line).findByText(/expired on the service/)).toBeVisible();
      expect(within(line).queryByRole("link")).not.toBeInTheDocument();
    }
  });

  it("asks how a study stands that was open when the page was left", async () => {
    serveJob(KEPT);
    await open(toStudyEntry(aQueuedJob(), "anna.nii.gz"));
    expect(await screen.findByText(/Signs of a tumour/)).toBeVisible();
  });

  it("follows a study that runs to its end, and keeps the answer that was seen here", async () => {
    serveJob(aQueuedJob(), aRunningJob(), KEPT);
    await open(toStudyEntry(aQueuedJob(), "anna.nii.gz"));
    expect(await screen.findByText("Not done yet")).toBeVisible();
    expect(await screen.findByText(/Signs of a tumour/)).toBeVisible();
    await expect
      .poll(() => readEntry("job1"))
      .toMatchObject({ name: "anna.nii.gz", outcome: { label: "tumor" } });
  });

  it("says that a study runs, and why one has no answer", async () => {
    stopApi();
    await open(
      toStudyEntry(aRunningJob(), "anna.nii.gz"),
      toStudyEntry(aFailedJob("x", "Slice 7 is missing.", { id: "job2" }), "bert.nii.gz"),
    );
    expect(await row("anna.nii.gz")).toHaveTextContent("Not done yet");
    expect(await row("bert.nii.gz")).toHaveTextContent("No answer. Slice 7 is missing.");
  });

  it("says of an answer that it was refused at first", async () => {
    const warnings = ["This image would have been refused (not_brain_mr) but for force=true."];
    const forced = aPrediction({ id: "forced", label: "no_tumor", warnings });
    // As entries were written before it was kept.
    const older = { kind: "answered", label: "tumor", probability: 0.97, volume_ml: null } as const;
    await open(toSliceEntry(forced, "forced.png", new Date("2026-11-23T10:00:00Z")), {
      ...SLICE,
      outcome: older,
    });
    expect(await row("forced.png")).toHaveTextContent("Refused at first. No sign of a tumour, 97%");
    expect(await row("slice.png")).not.toHaveTextContent("Refused");
  });

  it("names no parameter of the API", async () => {
    const detail = "If it is one, it can be judged all the same (force=true).";
    stopApi();
    await open(toStudyEntry(aFailedJob("not_brain_mr", detail), "anna.nii.gz"));
    expect(await row("anna.nii.gz")).toHaveTextContent("it can be judged all the same.");
  });

  it("erases one line, and the study on the service with it", async () => {
    const { erased } = serveJob(KEPT);
    await open(STUDY, SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Erase anna.nii.gz" }));
    await screen.findByText("slice.png");
    expect(await screen.findByText("Erased anna.nii.gz.")).toHaveRole("status");
    await waitFor(() => {
      expect(screen.getByRole("button", { name: "Erase slice.png" })).toHaveFocus();
    });
    await expect.poll(readHistory).toEqual([SLICE]);
    expect(erased).toEqual(["job1"]);
  });

  it("erases all after asking once more", async () => {
    const { erased } = serveJob(KEPT);
    await open(STUDY, SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Erase all" }));
    expect(screen.getByText(/Erase all 2 entries/)).toHaveFocus();
    expect(await readHistory()).toHaveLength(2);
    await userEvent.click(screen.getByRole("button", { name: "Yes, erase all" }));
    expect(await screen.findByText("Nothing was asked in this browser yet")).toBeVisible();
    expect(await screen.findByText("Erased 2 entries.")).toHaveRole("status");
    await waitFor(() => {
      expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
    });
    expect(await readHistory()).toEqual([]);
    expect(erased).toEqual(["job1"]);
  });

  it("keeps all when the reader thinks better of it, and leads back to the button", async () => {
    await open(SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Erase all" }));
    await userEvent.click(screen.getByRole("button", { name: "Keep them" }));
    expect(screen.getByRole("button", { name: "Erase all" })).toHaveFocus();
    expect(await readHistory()).toEqual([SLICE]);
  });

  it("offers to keep nothing that is being erased already", async () => {
    server.use(http.delete("*/api/jobs/:id", () => delay("infinite")));
    await open(STUDY, SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Erase all" }));
    await userEvent.click(screen.getByRole("button", { name: "Yes, erase all" }));
    expect(screen.getByRole("button", { name: "Keep them" })).toBeDisabled();
  });

  it("keeps the line of a study that the service could not erase, and says so", async () => {
    stopApi();
    await open(STUDY, SLICE);
    await userEvent.click(await screen.findByRole("button", { name: "Erase all" }));
    await userEvent.click(screen.getByRole("button", { name: "Yes, erase all" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("Not everything could be erased");
    expect(await readHistory()).toEqual([STUDY]);
    server.resetHandlers();
  });
});
