import type { ReactNode } from "react";

/** A link to a place on this page, by its id. */
export function PageLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <a
      href={`#${to}`}
      className="inline-flex min-h-8 items-center font-medium text-accent hover:text-accent-hover pointer-coarse:min-h-11"
    >
      {children}
    </a>
  );
}
