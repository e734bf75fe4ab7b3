import type { RouteObject } from "react-router";
import { Skeleton } from "../components/skeleton";
import { HistoryPage } from "../features/history/history-page";
import { LandingPage } from "../features/landing/landing-page";
import { ModelPage } from "../features/model/model-page";
import { ErrorPage } from "./error-page";
import { Layout } from "./layout";
import { NotFoundPage } from "./not-found-page";
import { PredictRoute } from "./predict-route";

export const routes: RouteObject[] = [
  {
    element: <Layout />,
    errorElement: <ErrorPage />,
    children: [
      { path: "/", element: <LandingPage /> },
      {
        // One element over both: the files outlive the step from the one address to the other.
        element: <PredictRoute />,
        children: [
          { path: "/predict", element: null },
          { path: "/studies/:id", element: null },
        ],
      },
      {
        path: "/studies/:id/report",
        hydrateFallbackElement: <Skeleton label="Loading the report" className="m-8 h-96" />,
        lazy: async () => ({ Component: (await import("./report-route")).ReportRoute }),
      },
      { path: "/history", element: <HistoryPage /> },
      { path: "/model", element: <ModelPage /> },
      { path: "*", element: <NotFoundPage /> },
    ],
  },
];
