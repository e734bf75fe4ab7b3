import { useId, type ReactNode } from "react";

interface ReportSectionProps {
  title: string;
  lead: string;
  children?: ReactNode;
}

export function ReportSection({ title, lead, children }: ReportSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="mt-16">
      <h2 id={id} className="text-xl font-semibold tracking-tight">
        {title}
      </h2>
      <p className="mt-2 max-w-3xl leading-7 break-words text-ink-soft">{lead}</p>
      {children !== undefined && <div className="mt-6">{children}</div>}
    </section>
  );
}
