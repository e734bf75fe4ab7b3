import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import { createMemoryRouter, RouterProvider } from "react-router";

function createTestClient(): QueryClient {
  return new QueryClient({ defaultOptions: { queries: { retry: false } } });
}

/** Show one element as the app would: with a query client and a router around it. */
export function renderInApp(element: ReactElement, address = "/"): void {
  const router = createMemoryRouter([{ path: "*", element }], { initialEntries: [address] });
  render(
    <QueryClientProvider client={createTestClient()}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
}
