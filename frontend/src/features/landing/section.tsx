import type { ReactNode } from "react";

interface SectionProps {
  id: string;
  title: string;
  lead: ReactNode;
  children: ReactNode;
}

export function Section({ id, title, lead, children }: SectionProps) {
  return (
    <section aria-labelledby={id} className="border-t border-line">
      <div className="mx-auto max-w-6xl px-4 py-16 sm:px-6 sm:py-24">
        <h2 id={id} className="text-2xl font-semibold tracking-tight sm:text-3xl">
          {title}
        </h2>
        <p className="mt-3 max-w-2xl leading-7 text-ink-soft">{lead}</p>
        <div className="mt-10 sm:mt-12">{children}</div>
      </div>
    </section>
  );
}
