import { QueryClientProvider } from "@tanstack/react-query";
import { act, fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { delay, http, HttpResponse } from "msw";
import { createMemoryRouter, RouterProvider } from "react-router";
import { describe, expect, it, vi } from "vitest";
import { toSliceEntry } from "../domain/history";
import { writeEntry } from "../features/history/history-store";
import { aPrediction } from "../testing/answers";
import { aFailedJob, aQueuedJob, serveJob } from "../testing/job-server";
import { refusePrediction, server, stopApi } from "../testing/server";
import { aStudyJob } from "../testing/study-answers";
import { ErrorPage } from "./error-page";
import { createQueryClient } from "./query-client";
import { routes } from "./routes";

/** Take the next study as a job of this id, which has its answer at once. */
function takeAs(id: string): void {
  const job = aStudyJob({ id });
  server.use(
    http.post("*/api/jobs", () => HttpResponse.json(job, { status: 202 })),
    http.get(`*/api/jobs/${id}`, () => HttpResponse.json(job)),
  );
}

function dropOf(name: string) {
  const file = new File([new Uint8Array([0x1f, 0x8b, 8, 0])], name);
  const items = [{ kind: "file", type: file.type, getAsFile: () => file }];
  return { dataTransfer: { files: [file], items, types: ["Files"] } };
}

function openApp(address: string): ReturnType<typeof createMemoryRouter> {
  const router = createMemoryRouter(routes, { initialEntries: [address] });
  render(
    <QueryClientProvider client={createQueryClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}

describe("the app", () => {
  it.each([
    ["/", "Signs of a brain tumour in an MRI study, and how sure that is"],
    ["/predict", "Predict on a study or a slice"],
    ["/history", "History"],
    ["/studies/nobody", "No result"],
    ["/model", "The model"],
    ["/no/such/page", "There is no page here"],
  ])("has a page at %s", async (address, heading) => {
    openApp(address);
    expect(await screen.findByRole("heading", { level: 1, name: heading })).toBeVisible();
  });

  it("marks the present page in the navigation and goes to the other", async () => {
    openApp("/predict");
    expect(screen.getByRole("link", { name: "Predict" })).toHaveAttribute("aria-current", "page");
    await userEvent.click(screen.getByRole("link", { name: "Model" }));
    expect(screen.getByRole("heading", { level: 1 })).toHaveTextContent("The model");
  });

  it("marks it where the address ends with a slash, too", async () => {
    openApp("/history/");
    expect(await screen.findByRole("link", { name: "History" })).toHaveAttribute(
      "aria-current",
      "page",
    );
  });

  it.each([
    ["/model", "heading", "The model"],
    ["/", "heading", "What was measured"],
    ["/studies/job1/report", "main", ""],
  ])("leads the focus on where %s is loaded again", async (address, role, name) => {
    stopApi();
    openApp(address);
    await userEvent.click(await screen.findByRole("button", { name: "Load again" }));
    expect(screen.getByRole(role, name === "" ? {} : { name })).toHaveFocus();
  });

  it("counts a study to the predictions in the navigation", async () => {
    serveJob(aStudyJob());
    openApp("/studies/job1");
    expect(await screen.findByRole("link", { name: "Predict" })).toHaveAttribute(
      "aria-current",
      "page",
    );
    expect(screen.getByRole("link", { name: "Model" })).not.toHaveAttribute("aria-current");
  });

  it("lets the keyboard skip the header", async () => {
    openApp("/");
    await userEvent.tab();
    const skip = screen.getByRole("link", { name: "Skip to the content" });
    expect(skip).toHaveFocus();
    expect(skip).toHaveAttribute("href", `#${screen.getByRole("main").id}`);
    await userEvent.keyboard("{Enter}");
    expect(screen.getByRole("main")).toHaveFocus();
    expect(window.location.hash).toBe("");
  });

  it("says on every page that it is for research use only", () => {
    openApp("/no/such/page");
    expect(screen.getByRole("contentinfo")).toHaveTextContent(
      "Research use only. Not a medical device.",
    );
  });

  it("keeps a study in the history from the moment it is sent", async () => {
    serveJob(aStudyJob());
    openApp("/predict");
    await userEvent.click(screen.getByRole("button", { name: /Phantom study A/ }));
    await screen.findByText("study-tumor.nii.gz");
    await userEvent.click(screen.getByRole("link", { name: "History" }));
    expect(await screen.findByRole("link", { name: "study-tumor.nii.gz" })).toHaveAttribute(
      "href",
      "/studies/job1",
    );
  });

  it("lists in the history what another tab has written, once this one is seen again", async () => {
    openApp("/history");
    expect(await screen.findByText("Nothing was asked in this browser yet")).toBeVisible();
    await writeEntry(toSliceEntry(aPrediction(), "other.png", new Date()));
    window.dispatchEvent(new Event("visibilitychange"));
    expect(await screen.findByText("other.png")).toBeVisible();
  });

  it("joins prediction and result on one page", async () => {
    openApp("/predict");
    await userEvent.click(screen.getByRole("button", { name: /Phantom 1/ }));
    expect(await screen.findByRole("heading", { name: "Signs of a tumour" })).toBeVisible();
  });

  it("shows a study at its address, whatever was sent from another", async () => {
    serveJob(aStudyJob());
    refusePrediction(415, "unsupported_format", "The file is plain text.");
    const router = openApp("/studies/job1");
    await userEvent.click(await screen.findByRole("button", { name: "Another study" }));
    await userEvent.click(await screen.findByRole("button", { name: /Phantom 1/ }));
    expect(await screen.findByText("The file is plain text.")).toBeVisible();
    await act(() => router.navigate(-1));
    expect(await screen.findByRole("button", { name: "Another study" })).toBeVisible();
    expect(screen.queryByText("The file is plain text.")).not.toBeInTheDocument();
  });

  it("leads back to a study on which another one was dropped", async () => {
    serveJob(aStudyJob());
    const router = openApp("/studies/job1");
    await screen.findByRole("button", { name: "Another study" });
    takeAs("job2");
    fireEvent.drop(document.body, dropOf("second.nii.gz"));
    expect(await screen.findByText("second.nii.gz")).toBeVisible();
    expect(router.state.location.pathname).toBe("/studies/job2");
    await act(() => router.navigate(-1));
    expect(router.state.location.pathname).toBe("/studies/job1");
    expect(await screen.findByRole("button", { name: "Another study" })).toBeVisible();
    expect(screen.queryByText("second.nii.gz")).not.toBeInTheDocument();
  });

  it("does not lead back to a study that was refused, and sent again", async () => {
    const error = { code: "wrong_sequence", detail: "It is T1.", forceable: true };
    serveJob(aQueuedJob(), aFailedJob("", "", { error }));
    const router = openApp("/predict");
    fireEvent.drop(document.body, dropOf("t1.nii.gz"));
    expect(await screen.findByText("It is T1.")).toBeVisible();
    takeAs("job2");
    await userEvent.click(screen.getByText("Use it anyway"));
    expect(await screen.findByText("Another study")).toBeVisible();
    expect(router.state.location.pathname).toBe("/studies/job2");
    await act(() => router.navigate(-1));
    expect(router.state.location.pathname).toBe("/predict");
  });

  it("shows the study again when an upload that was dropped on it is cancelled", async () => {
    serveJob(aStudyJob());
    const router = openApp("/studies/job1");
    await screen.findByRole("button", { name: "Another study" });
    server.use(http.post("*/api/jobs", () => delay("infinite")));
    fireEvent.drop(document.body, dropOf("second.nii.gz"));
    await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("heading", { name: "Signs of a tumour" })).toHaveFocus();
    expect(router.state.location.pathname).toBe("/studies/job1");
  });

  it("leads keyboard and screen reader to the heading of a page that is gone to", async () => {
    openApp("/");
    expect(document.body).toHaveFocus();
    await userEvent.click(screen.getByRole("link", { name: "See the figures" }));
    expect(screen.getByRole("heading", { level: 1, name: "The model" })).toHaveFocus();
    await userEvent.click(screen.getByRole("link", { name: "History" }));
    expect(screen.getByRole("heading", { level: 1, name: "History" })).toHaveFocus();
  });

  it("starts over when the page in the navigation is the present one", async () => {
    openApp("/predict");
    await userEvent.click(screen.getByRole("button", { name: /Phantom 1/ }));
    await screen.findByRole("heading", { name: "Signs of a tumour" });
    await userEvent.click(screen.getByRole("link", { name: "Predict" }));
    expect(await screen.findByRole("button", { name: "Choose files" })).toBeVisible();
    expect(screen.getByRole("heading", { level: 1 })).toHaveFocus();
  });

  it.each(["/predict", "/studies/job1", "/studies/job1/report"])(
    "has nothing to warn of in the console at %s",
    async (address) => {
      serveJob(aStudyJob());
      const warn = vi.spyOn(console, "warn");
      openApp(address);
      expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
      expect(warn).not.toHaveBeenCalled();
    },
  );

  it.each([
    ["broken on purpose", "Something broke in this page"],
    [
      "Failed to fetch dynamically imported module: /assets/study-view.js",
      "Part of the app could not be loaded",
    ],
  ])("never ends in a blank page: %s", async (message, heading) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const Broken = () => {
      throw new Error(message);
    };
    const router = createMemoryRouter([
      { path: "/", element: <Broken />, errorElement: <ErrorPage /> },
    ]);
    render(<RouterProvider router={router} />);
    expect(await screen.findByRole("heading")).toHaveTextContent(heading);
    expect(screen.getByRole("heading")).toHaveFocus();
    expect(document.body).not.toHaveTextContent(message);
  });
});
