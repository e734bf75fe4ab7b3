import { Link } from "react-router";
import { buttonClass } from "../components/button-class";
import { PageTitle } from "../components/page-title";

export function NotFoundPage() {
  return (
    <div className="mx-auto max-w-2xl px-4 py-24 sm:px-6 sm:py-32">
      <PageTitle name="Page not found" />
      <p className="text-sm font-medium text-accent">404</p>
      <h1 className="mt-3 text-3xl font-semibold tracking-tight">There is no page here</h1>
      <p className="mt-4 leading-7 text-ink-soft">
        The address may be old or mistyped. A study has an address for as long as the service keeps
        it; an answer for a slice has none.
      </p>
      <Link to="/" className={`${buttonClass("primary")} mt-8`}>
        Go to the start
      </Link>
    </div>
  );
}
