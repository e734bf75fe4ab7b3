import { screen, within } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { aModel, theModels } from "../../testing/answers";
import { renderInApp } from "../../testing/render";
import { server, stopApi } from "../../testing/server";
import { LandingPage } from "./landing-page";

describe("LandingPage", () => {
  it("explains itself in three steps, says what it cannot do and that it is for research", () => {
    renderInApp(<LandingPage />);
    const steps = within(screen.getByRole("region", { name: "How it works" }));
    expect(steps.getAllByRole("listitem")).toHaveLength(3);
    expect(screen.getByRole("region", { name: "What it cannot do" })).toBeVisible();
    expect(screen.getByText("Research use only. Not a medical device.")).toBeVisible();
  });

  it("says that it refuses, may be uncertain and outlines, as far as it can", () => {
    renderInApp(<LandingPage />);
    expect(
      screen.getByText(/refuses, with the reason, what it takes for anything else/),
    ).toBeVisible();
    expect(screen.getByRole("heading", { name: "An outline is a guess" })).toBeVisible();
    expect(screen.getByText(/refused where that is noticed, which is not always/)).toBeVisible();
  });

  it("leads to the prediction", () => {
    renderInApp(<LandingPage />);
    expect(screen.getByRole("link", { name: "Try a study" })).toHaveAttribute("href", "/predict");
  });

  it("reads the figures from the service: AUROC, or specificity where no tumour is", async () => {
    renderInApp(<LandingPage />);
    const glioma = await screen.findByRole("row", { name: /TCGA lower-grade glioma/ });
    expect(glioma).toHaveTextContent("17 patients, 1,600 slices");
    expect(glioma).toHaveTextContent("AUROC");
    expect(glioma).toHaveTextContent("0.950.92 to 0.97");
    expect(glioma).toHaveTextContent("0.710.68 to 0.73");
    const sclerosis = screen.getByRole("row", { name: /Multiple sclerosis/ });
    expect(sclerosis).toHaveTextContent("Specificity");
    expect(sclerosis).toHaveTextContent("not measured");
  });

  it("shows no figures rather than old ones when the service is down", async () => {
    stopApi();
    renderInApp(<LandingPage />);
    expect(await screen.findByText("The measured figures could not be loaded.")).toBeVisible();
  });

  it("says so when the model was not measured", async () => {
    server.use(
      http.get("*/api/models", () => HttpResponse.json(theModels(aModel({ figures: [] })))),
    );
    renderInApp(<LandingPage />);
    expect(await screen.findByText(/No figures came with this model/)).toBeVisible();
  });

  it("says so when no model is installed", async () => {
    server.use(http.get("*/api/models", () => HttpResponse.json({ models: [] })));
    renderInApp(<LandingPage />);
    expect(await screen.findByText("This service has no model installed.")).toBeVisible();
  });
});
