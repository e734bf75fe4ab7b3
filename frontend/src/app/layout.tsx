import { useEffect, useRef, type RefObject } from "react";
import { Link, Outlet, ScrollRestoration, useLocation } from "react-router";
import { Logo } from "../components/logo";
import { ResearchNotice } from "../components/research-notice";
import { ThemeToggle } from "../components/theme-toggle";

const PAGES = [
  { to: "/predict", name: "Predict" },
  { to: "/history", name: "History" },
  { to: "/model", name: "Model" },
] as const;

function Header() {
  const { pathname } = useLocation();
  // A study is what came of a prediction.
  const current = pathname.startsWith("/studies/") ? "/predict" : pathname.replace(/\/$/, "");
  return (
    // Where letters are so large that it takes several lines, it would cover the page.
    <header className="sticky top-0 z-20 border-b border-line bg-ground/90 backdrop-blur max-[19rem]:static print:hidden">
      <div className="mx-auto flex min-h-16 max-w-6xl flex-wrap items-center gap-1 px-4 sm:gap-2 sm:px-6">
        <Link
          to="/"
          className="mr-auto flex min-h-10 items-center gap-2.5 rounded-control font-semibold tracking-tight pointer-coarse:min-h-11 pointer-coarse:min-w-11"
        >
          <Logo className="size-7 shrink-0" />
          <span className="max-[22.5rem]:sr-only">BrainAI</span>
        </Link>
        <nav aria-label="Pages" className="flex flex-wrap gap-0.5 sm:gap-1">
          {PAGES.map(({ to, name }) => (
            <Link
              key={to}
              to={to}
              aria-current={to === current ? "page" : undefined}
              className="flex min-h-10 items-center rounded-control px-1.5 text-sm font-medium text-ink-soft transition-colors hover:bg-raised hover:text-ink aria-[current=page]:bg-raised aria-[current=page]:text-ink sm:px-3 forced-colors:aria-[current=page]:underline pointer-coarse:min-h-11"
            >
              {name}
            </Link>
          ))}
        </nav>
        <ThemeToggle />
      </div>
    </header>
  );
}

function Footer() {
  return (
    <footer className="mt-auto border-t border-line print:hidden">
      <div className="mx-auto flex max-w-6xl flex-col gap-3 px-4 py-8 sm:flex-row sm:items-center sm:justify-between sm:px-6">
        <ResearchNotice />
        <p className="text-sm text-ink-faint">
          Slices are not kept; studies are erased after a set time.
        </p>
      </div>
    </footer>
  );
}

/** Lead keyboard and screen reader to a page that is gone to, where it does not do so itself. */
function useFocusOnMove(content: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const here = useRef(pathname);
  useEffect(() => {
    const page = content.current;
    if (here.current === pathname || page === null) return;
    here.current = pathname;
    if (page.contains(document.activeElement)) return;
    const heading = page.querySelector("h1");
    // It takes the focus from here only.
    heading?.setAttribute("tabindex", "-1");
    (heading ?? page).focus({ preventScroll: true });
  }, [pathname, content]);
}

export function Layout() {
  const content = useRef<HTMLElement>(null);
  useFocusOnMove(content);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        // The hash of an address may say what a page shows, so it is left alone.
        onClick={(event) => {
          event.preventDefault();
          content.current?.focus({ preventScroll: true });
          content.current?.scrollIntoView();
        }}
        className="sr-only z-30 rounded-control bg-accent px-4 py-3 text-sm font-medium text-on-accent forced-color-adjust-none focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to the content
      </a>
      <Header />
      <main ref={content} id="content" tabIndex={-1} className="flex-1">
        <Outlet />
      </main>
      <Footer />
      <ScrollRestoration />
    </div>
  );
}
