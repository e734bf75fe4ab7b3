import { PageLink } from "./page-link";
import type { ReportPart } from "./report-section";

interface ReportContentsProps {
  model: string;
  parts: readonly ReportPart[];
}

/** The report is long: what is in it, and a way there. */
export function ReportContents({ model, parts }: ReportContentsProps) {
  return (
    <nav aria-label={`On this page: ${model}`} className="mt-8">
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
        {parts.map(({ id, title }) => (
          <li key={id}>
            <PageLink to={id}>{title}</PageLink>
          </li>
        ))}
      </ul>
    </nav>
  );
}
