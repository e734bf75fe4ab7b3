import { http, HttpResponse } from "msw";
import { setupServer } from "msw/node";
import type { Prediction, Problem } from "../api/wire";
import { aPrediction, aProblem, someHealth, theModels } from "./answers";

const PNG_START = [137, 80, 78, 71];
const GZIP_START = [31, 139, 8, 0];

/** The API and the web server as they are when all is well; a test overrides what it is about. */
export const server = setupServer(
  http.get("*/api/health", () => HttpResponse.json(someHealth())),
  http.get("*/api/models", () => HttpResponse.json(theModels())),
  http.get("*/api/jobs/:id", () => problemAnswer(aProblem(404, "job_not_found", "No such job."))),
  http.post("*/api/predict", () => HttpResponse.json(aPrediction())),
  http.get("*/samples/:name", ({ params: { name } }) => {
    const picture = String(name).endsWith(".png");
    return HttpResponse.arrayBuffer(Uint8Array.from(picture ? PNG_START : GZIP_START).buffer, {
      headers: { "content-type": picture ? "image/png" : "application/gzip" },
    });
  }),
);

function problemAnswer(problem: Problem) {
  return HttpResponse.json(problem, {
    status: problem.status,
    headers: { "content-type": "application/problem+json" },
  });
}

export function answerPrediction(changes: Partial<Prediction>): void {
  server.use(http.post("*/api/predict", () => HttpResponse.json(aPrediction(changes))));
}

export function refusePrediction(status: number, code: string, detail: string): void {
  server.use(http.post("*/api/predict", () => problemAnswer(aProblem(status, code, detail))));
}

/** Refuse as the gate does, and give in to force=true with the warning of the API. */
export function refuseUnlessForced(code: string, detail: string, warning: string): void {
  server.use(
    http.post("*/api/predict", ({ request }) =>
      new URL(request.url).searchParams.get("force") === "true"
        ? HttpResponse.json(aPrediction({ warnings: [warning] }))
        : problemAnswer(aProblem(422, code, detail, true)),
    ),
  );
}

/** Nobody listens: what the browser reports when it cannot connect. */
export function stopApi(): void {
  server.use(http.all("*/api/*", () => HttpResponse.error()));
}
