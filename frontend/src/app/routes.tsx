import type { RouteObject } from "react-router";
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
      { path: "/predict", element: <PredictRoute /> },
      { path: "/model", element: <ModelPage /> },
      { path: "*", element: <NotFoundPage /> },
    ],
  },
];
