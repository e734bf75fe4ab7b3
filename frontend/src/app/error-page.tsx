import { useRouteError } from "react-router";
import { Button } from "../components/button";
import { PageTitle } from "../components/page-title";
import { useFocusOnMount } from "../lib/use-focus-on-mount";

/** How browsers, and Vite for a style sheet, say that a part of the app did not come. */
const PART_MISSING =
  /dynamically imported module|Importing a module script failed|Unable to preload CSS/;

const BROKEN = {
  title: "Something broke in this page",
  text: "This is a fault of the app, not of your file. Load the page again; if it comes back, please report it with what you did before.",
  button: "Load the app again",
  go: () => {
    window.location.assign("/");
  },
};

const MISSING = {
  title: "Part of the app could not be loaded",
  text: "The network broke off, or the app was replaced by a newer one meanwhile. Your study is not lost. Load the page again.",
  button: "Load the page again",
  go: () => {
    window.location.reload();
  },
};

/** What shows when the app itself breaks, or a part of it does not come: never a blank page. */
export function ErrorPage() {
  const thrown = useRouteError();
  const heading = useFocusOnMount<HTMLHeadingElement>();
  const missing = thrown instanceof Error && PART_MISSING.test(thrown.message);
  const { title, text, button, go } = missing ? MISSING : BROKEN;
  return (
    <main className="mx-auto max-w-2xl px-4 py-24 sm:px-6 sm:py-32">
      <PageTitle name={title} />
      <h1 ref={heading} tabIndex={-1} className="text-3xl font-semibold tracking-tight">
        {title}
      </h1>
      <p className="mt-4 leading-7 text-ink-soft">{text}</p>
      <Button className="mt-8" onClick={go}>
        {button}
      </Button>
    </main>
  );
}
