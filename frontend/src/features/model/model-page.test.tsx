import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import type { Models } from "../../api/wire";
import { aModel, theModels } from "../../testing/answers";
import { renderInApp } from "../../testing/render";
import { server, stopApi } from "../../testing/server";
import { ModelPage } from "./model-page";

function answer(models: Models): void {
  server.use(http.get("*/api/models", () => HttpResponse.json(models)));
}

describe("ModelPage", () => {
  it("says what answers here", async () => {
    renderInApp(<ModelPage />);
    expect(await screen.findByText("flair-resnet50")).toBeVisible();
    expect(screen.getByText("version 1.0.0")).toBeVisible();
    expect(screen.getByText("23 November 2026")).toBeVisible();
    expect(screen.getByText("ab".repeat(32))).toBeVisible();
    expect(screen.getByText("Non-commercial research use only")).toBeVisible();
  });

  it("shows each figure with its interval, and thresholding beside it", async () => {
    renderInApp(<ModelPage />);
    const table = await screen.findByRole("table", { name: "TCGA lower-grade glioma" });
    const row = within(table).getByRole("row", { name: /AUROC/ });
    expect(row).toHaveTextContent("0.950.92 to 0.97");
    expect(row).toHaveTextContent("0.710.68 to 0.73");
    expect(within(table).getAllByRole("row")).toHaveLength(6);
  });

  it("tells the size of the source, its calibration and how often it does not decide", async () => {
    renderInApp(<ModelPage />);
    expect(await screen.findByText("1,600 slices")).toBeVisible();
    expect(screen.getByText("210 tumour slices")).toBeVisible();
    expect(screen.getAllByText("Calibration error (ECE) 0.03.")[0]).toBeVisible();
    expect(screen.getAllByText(/^6.2% of the slices/)[0]).toBeVisible();
  });

  it("leaves out figures that a source without tumours cannot have, and says why", async () => {
    renderInApp(<ModelPage />);
    const table = await screen.findByRole("table", { name: "Multiple sclerosis" });
    expect(within(table).queryByText("AUROC")).not.toBeInTheDocument();
    expect(within(table).getByRole("row", { name: /Specificity/ })).toHaveTextContent(
      "no interval",
    );
    expect(screen.getByText(/Without tumour slices there is no AUROC/)).toBeVisible();
  });

  it("sets the forerunner beside this model", async () => {
    renderInApp(<ModelPage />);
    const region = await screen.findByRole("region", {
      name: "Figures of the forerunner and of this model",
    });
    expect(within(region).getByRole("row", { name: /^Forerunner/ })).toHaveTextContent(
      "Forerunner0.950.700.820.88",
    );
    expect(within(region).getByRole("row", { name: /Multiple sclerosis/ })).toHaveTextContent(
      "not measured",
    );
  });

  it("has no such section for a model without a forerunner", async () => {
    answer(theModels(aModel({ forerunner: null })));
    renderInApp(<ModelPage />);
    expect(await screen.findByRole("heading", { name: "Data and split" })).toBeVisible();
    expect(screen.queryByText("Against the forerunner")).not.toBeInTheDocument();
  });

  it("warns of a model that was not measured", async () => {
    answer(theModels(aModel({ figures: [], forerunner: null })));
    renderInApp(<ModelPage />);
    expect(await screen.findByText(/it was not measured/)).toBeVisible();
    expect(screen.queryByRole("table")).not.toBeInTheDocument();
  });

  it("says so when no model is installed", async () => {
    answer({ models: [] });
    renderInApp(<ModelPage />);
    expect(await screen.findByText("This service has no model installed.")).toBeVisible();
  });

  it("shows no old figures when the service is down, and loads them again", async () => {
    stopApi();
    renderInApp(<ModelPage />);
    expect(await screen.findByRole("alert")).toHaveTextContent("could not be loaded");
    server.resetHandlers();
    await userEvent.click(screen.getByRole("button", { name: "Load again" }));
    expect(await screen.findByText("flair-resnet50")).toBeVisible();
  });
});
