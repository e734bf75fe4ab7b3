import type { ReactNode } from "react";

interface PageLinkProps {
  to: string;
  current?: boolean;
  children: ReactNode;
}

/** A link to a place on this page, by its id. current: what it leads to is shown already. */
export function PageLink({ to, current = false, children }: PageLinkProps) {
  return (
    <a
      href={`#${to}`}
      aria-current={current ? "true" : undefined}
      className="inline-flex min-h-8 items-center font-medium text-accent hover:text-accent-hover aria-current:text-ink pointer-coarse:min-h-11"
    >
      {children}
    </a>
  );
}
