import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { http, HttpResponse } from "msw";
import { describe, expect, it, vi } from "vitest";
import type { Models } from "../../api/wire";
import { aMeasuredModel, aModel, theModels } from "../../testing/answers";
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
    expect(screen.getByText("Non-commercial research use only.")).toBeVisible();
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
    expect(screen.getAllByText("Calibration error (ECE) 3.1%.")[0]).toBeVisible();
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

  it("leaves out what an older model was not measured on", async () => {
    renderInApp(<ModelPage />);
    expect(await screen.findByRole("heading", { name: "Figures by data source" })).toBeVisible();
    expect(screen.getAllByRole("heading", { level: 2 }).map((title) => title.textContent)).toEqual([
      "Figures by data source",
      "Data and split",
      "Against the forerunner",
      "Licence",
    ]);
    expect(screen.getByText(/Nobody in these test sets was seen in training/)).toBeVisible();
  });

  it("has a section for each kind of figure, and a way to each", async () => {
    answer(theModels(aMeasuredModel()));
    renderInApp(<ModelPage />);
    const contents = await screen.findByRole("navigation", { name: /On this page/ });
    const titles = screen.getAllByRole("heading", { level: 2 }).map((title) => title.textContent);
    expect(titles).toHaveLength(12);
    for (const title of titles) {
      const link = within(contents).getByRole("link", { name: title });
      const region = screen.getByRole("region", { name: title });
      expect(link).toHaveAttribute("href", `#${region.id}`);
    }
  });

  describe("of two models", () => {
    const multi = aModel({ name: "multi-resnet50", sequences: ["FLAIR", "T1c", "T2"] });
    const shownLicences = () =>
      screen.getAllByRole("region", { name: "Licence" }).map(({ id }) => id);

    it("shows the first, says what each answers for, and leads to the other", async () => {
      answer(theModels(aModel(), multi));
      renderInApp(<ModelPage />);
      const choice = await screen.findByRole("navigation", { name: "Models" });
      const [first, second] = within(choice).getAllByRole("link");
      expect(first).toHaveAttribute("href", "#flair-resnet50");
      expect(first).toHaveAttribute("aria-current", "true");
      expect(second).toHaveAttribute("href", "#multi-resnet50");
      expect(second).not.toHaveAttribute("aria-current");
      expect(choice).toHaveTextContent("multi-resnet50 reads FLAIR, T1c, T2");
      expect(shownLicences()).toEqual(["flair-resnet50-licence"]);
    });

    it.each(["#multi-resnet50", "#multi-resnet50-licence"])(
      "shows the one that the address names: %s",
      async (hash) => {
        answer(theModels(aModel(), aModel({ name: "multi" }), multi));
        renderInApp(<ModelPage />, `/model${hash}`);
        await screen.findByRole("navigation", { name: "Models" });
        expect(shownLicences()).toEqual(["multi-resnet50-licence"]);
      },
    );

    it("goes to the section that the address names, once it is there", async () => {
      answer(theModels(aModel(), multi));
      const seen: string[] = [];
      vi.spyOn(Element.prototype, "scrollIntoView").mockImplementation(function (this: Element) {
        seen.push(this.id);
      });
      renderInApp(<ModelPage />, "/model#multi-resnet50-licence");
      await screen.findByRole("navigation", { name: "Models" });
      expect(seen).toEqual(["multi-resnet50-licence"]);
    });

    it("shows the first where the address names none of them", async () => {
      answer(theModels(aModel(), multi));
      renderInApp(<ModelPage />, "/model#multi-resnet501");
      await screen.findByRole("navigation", { name: "Models" });
      expect(shownLicences()).toEqual(["flair-resnet50-licence"]);
    });
  });

  it("has no choice to offer where there is one model", async () => {
    answer(theModels(aModel()));
    renderInApp(<ModelPage />);
    await screen.findByText("flair-resnet50");
    expect(screen.queryByRole("navigation", { name: "Models" })).not.toBeInTheDocument();
  });

  it("says how patients were kept apart, in the words of the evaluation", async () => {
    answer(theModels(aMeasuredModel()));
    renderInApp(<ModelPage />);
    expect(await screen.findByText(/Cross-validation by patient in 5 folds/)).toBeVisible();
    expect(screen.queryByText(/Nobody in these test sets/)).not.toBeInTheDocument();
  });

  it("shows each site, size and edge in the section of its kind alone", async () => {
    answer(theModels(aMeasuredModel()));
    renderInApp(<ModelPage />);
    const rowsOf = (name: string) =>
      within(screen.getByRole("region", { name })).getAllByRole("rowheader");
    expect(await screen.findByRole("region", { name: "By site" })).toBeVisible();
    expect(rowsOf("By site").map((row) => row.firstChild?.textContent)).toEqual([
      "TCGA lower-grade glioma, CS",
      "TCGA lower-grade glioma, DU",
    ]);
    expect(rowsOf("By size of the lesion")).toHaveLength(2);
    expect(rowsOf("At the tumour’s edge")).toHaveLength(1);
    expect(rowsOf("The same slices, prepared in other ways")).toHaveLength(2);
    expect(rowsOf("Outline and heat map")).toHaveLength(2);
  });

  it("says which figures its outline and its refusals rest on", async () => {
    answer(theModels(aMeasuredModel()));
    renderInApp(<ModelPage />);
    expect(await screen.findByText("label, probability, heat map, outline")).toBeVisible();
    expect(screen.getByText("file header, pixels, network")).toBeVisible();
    expect(screen.getByText("pixels from 45%")).toBeVisible();
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
