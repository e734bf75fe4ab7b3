import { Button } from "../components/button";
import { PageTitle } from "../components/page-title";

/** What shows when the app itself breaks: never a blank page. */
export function ErrorPage() {
  return (
    <main className="mx-auto max-w-2xl px-4 py-24 sm:px-6 sm:py-32">
      <PageTitle name="Something broke" />
      <h1 className="text-3xl font-semibold tracking-tight">Something broke in this page</h1>
      <p className="mt-4 leading-7 text-ink-soft">
        This is a fault of the app, not of your file. Load the page again; if it comes back, please
        report it with what you did before.
      </p>
      <Button
        className="mt-8"
        onClick={() => {
          window.location.assign("/");
        }}
      >
        Load the app again
      </Button>
    </main>
  );
}
