import type { ReactNode } from "react";

/** A section of the report. id: its place in the page's address. */
export interface ReportPart {
  id: string;
  title: string;
  lead: string;
  body: ReactNode;
}

export function ReportSection({ id, title, lead, body }: ReportPart) {
  return (
    <section id={id} aria-labelledby={`${id}-title`} className="mt-16">
      <h2 id={`${id}-title`} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <p className="mt-2 max-w-3xl leading-7 break-words text-ink-soft">{lead}</p>
      {body !== null && <div className="mt-6">{body}</div>}
    </section>
  );
}
