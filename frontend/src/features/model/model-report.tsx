import type { Model } from "../../api/wire";
import { ModelFacts } from "./model-facts";
import { ReportContents } from "./report-contents";
import { toReportParts } from "./report-parts";
import { ReportSection } from "./report-section";

export function ModelReport({ model }: { model: Model }) {
  // An address names the model, too, whose report it leads into.
  const parts = toReportParts(model).map((part) => ({ ...part, id: `${model.name}-${part.id}` }));
  return (
    <article id={model.name} className="mt-10">
      <ModelFacts model={model} />
      <ReportContents model={model.name} parts={parts} />
      {parts.map((part) => (
        <ReportSection key={part.id} {...part} />
      ))}
    </article>
  );
}
