import { screen } from "@testing-library/react";
import { Route, Routes } from "react-router";
import { describe, expect, it } from "vitest";
import { aRunningJob, serveJob } from "../testing/job-server";
import { renderInApp } from "../testing/render";
import { stopApi } from "../testing/server";
import { aStudyJob } from "../testing/study-answers";
import { ReportRoute } from "./report-route";

function open(): void {
  renderInApp(
    <Routes>
      <Route path="/studies/:id/report" element={<ReportRoute />} />
    </Routes>,
    "/studies/job1/report",
  );
}

describe("ReportRoute", () => {
  it("shows the report of a study that has an answer", async () => {
    serveJob(aStudyJob());
    open();
    expect(await screen.findByRole("heading", { level: 1 })).toBeVisible();
    expect(screen.queryByText(/no answer to report/)).not.toBeInTheDocument();
  });

  it("leads back to a study that has none yet", async () => {
    serveJob(aRunningJob());
    open();
    expect(await screen.findByRole("link", { name: "See how it stands" })).toHaveAttribute(
      "href",
      "/studies/job1",
    );
  });

  it("has no page for a study that is gone", async () => {
    open();
    expect(await screen.findByText("There is no page here")).toBeVisible();
  });

  it("says so when the service does not answer", async () => {
    stopApi();
    open();
    expect(await screen.findByText("The report could not be loaded.")).toBeVisible();
  });
});
