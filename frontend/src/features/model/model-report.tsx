import type { Model } from "../../api/wire";
import { PlotLegend } from "../../components/plot-legend";
import { groupBySource, partVariants, type SourceFigures } from "../../domain/figures";
import { ComparisonTable } from "./comparison-table";
import { DataTable } from "./data-table";
import { ModelFacts } from "./model-facts";
import { ReportSection } from "./report-section";
import { SourceReport } from "./source-report";

function MeasuredSections({ sources }: { sources: readonly SourceFigures[] }) {
  return (
    <>
      <ReportSection
        title="Figures by data source"
        lead="All test patients together, then each source by itself, since a mean hides where the model is weak. Intervals are 95% over patients. Thresholding calls a slice a tumour where enough of its tissue is bright on FLAIR, and learns nothing else; a model has to beat it."
      >
        <PlotLegend />
        <div className="mt-6 space-y-6">
          {sources.map((group) => (
            <SourceReport key={group.source} group={group} />
          ))}
        </div>
      </ReportSection>
      <ReportSection
        title="Data and split"
        lead="Slices of one patient are near copies of each other. The data are therefore split by patient: nobody in the test set was seen in training or when the threshold was chosen. These are the test sets."
      >
        <DataTable sources={sources} />
      </ReportSection>
    </>
  );
}

export function ModelReport({ model }: { model: Model }) {
  const { sources, variants } = partVariants(groupBySource(model.figures));
  return (
    <article className="mt-10">
      <ModelFacts model={model} />
      {sources.length > 0 ? (
        <MeasuredSections sources={sources} />
      ) : (
        <ReportSection
          title="Figures"
          lead="No figures came with this model: it was not measured. Do not trust its answers."
        />
      )}
      {variants.length > 0 && (
        <ReportSection
          title="The same slices, prepared in other ways"
          lead="With the skull removed, or normalised by their whole volume instead of each slice alone."
        >
          <ComparisonTable
            label="Figures of the same slices, prepared in other ways"
            forerunner={null}
            sources={variants}
          />
        </ReportSection>
      )}
      {model.forerunner !== null && (
        <ReportSection title="Against the forerunner" lead={model.forerunner.note}>
          <ComparisonTable
            label="Figures of the forerunner and of this model"
            forerunner={model.forerunner}
            sources={sources}
          />
        </ReportSection>
      )}
      <ReportSection title="Licence" lead={model.licence} />
    </article>
  );
}
