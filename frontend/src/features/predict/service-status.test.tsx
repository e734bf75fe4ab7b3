import { screen } from "@testing-library/react";
import { http, HttpResponse } from "msw";
import { describe, expect, it } from "vitest";
import { someHealth } from "../../testing/answers";
import { renderInApp } from "../../testing/render";
import { server, stopApi } from "../../testing/server";
import { ServiceStatus } from "./service-status";

describe("ServiceStatus", () => {
  it("says that the service is ready", async () => {
    renderInApp(<ServiceStatus />);
    expect(await screen.findByRole("status")).toHaveTextContent("Service ready");
  });

  it.each([someHealth({ status: "starting" }), someHealth({ model: null })])(
    "says that the model is loading",
    async (health) => {
      server.use(http.get("*/api/health", () => HttpResponse.json(health)));
      renderInApp(<ServiceStatus />);
      expect(await screen.findByRole("status")).toHaveTextContent("Model is loading");
    },
  );

  it("does not call loading a model that could not be loaded", async () => {
    const health = { ...someHealth({ model: null }), status: "failed" };
    server.use(http.get("*/api/health", () => HttpResponse.json(health)));
    renderInApp(<ServiceStatus />);
    expect(await screen.findByRole("status")).toHaveTextContent("Model could not be loaded");
  });

  it.each([
    [null, "Ready for slices; studies can’t be taken"],
    [{ queued: 2, running: 0, workers: 0 }, "Ready for slices; studies wait for a worker"],
  ])("does not call ready for studies what can't judge them", async (jobs, words) => {
    server.use(http.get("*/api/health", () => HttpResponse.json(someHealth({ jobs }))));
    renderInApp(<ServiceStatus />);
    expect(await screen.findByRole("status")).toHaveTextContent(words);
  });

  it("says that nobody answers", async () => {
    stopApi();
    renderInApp(<ServiceStatus />);
    expect(await screen.findByRole("status")).toHaveTextContent("Service not reachable");
  });
});
