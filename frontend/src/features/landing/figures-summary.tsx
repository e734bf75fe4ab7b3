import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { Link } from "react-router";
import { modelsQuery } from "../../api/queries";
import { PlotLegend } from "../../components/plot-legend";
import { RequestNotice } from "../../components/request-notice";
import { Skeleton } from "../../components/skeleton";
import { ofKind, toGroups } from "../../domain/figures";
import { Section } from "./section";
import { SummaryTable } from "./summary-table";

function SummaryBody() {
  const { data, isPending, isError, refetch } = useQuery(modelsQuery);
  if (isPending) return <Skeleton label="Loading the measured figures" className="h-72" />;
  if (isError) {
    return (
      <RequestNotice
        what="The measured figures"
        onRetry={() => {
          void refetch();
        }}
      />
    );
  }
  const [model] = data.models;
  if (model === undefined) {
    return <p className="text-ink-soft">This service has no model installed.</p>;
  }
  if (model.figures.length === 0) {
    return <p className="text-ink-soft">No figures came with this model: it was not measured.</p>;
  }
  return (
    <>
      <SummaryTable sources={ofKind(toGroups(model.figures), "source")} />
      <div className="mt-6 flex flex-wrap items-center justify-between gap-x-8 gap-y-4">
        <PlotLegend from="md" />
        <Link
          to="/model"
          className="inline-flex min-h-6 items-center gap-1.5 text-sm font-medium text-accent hover:text-accent-hover pointer-coarse:min-h-11"
        >
          All figures, data and licence
          <ArrowRight aria-hidden className="size-4" />
        </Link>
      </div>
    </>
  );
}

export function FiguresSummary() {
  return (
    <Section
      id="figures"
      title="What was measured"
      lead="Read live from the model that answers here. Each figure is over patients who were held out of training, with a 95% interval over patients. AUROC says how well tumour slices are told from others: 0.5 is guessing, 1 is perfect. Specificity is the share of slices without a tumour that are called so. Beside both: how far one gets by thresholding the brightness alone."
    >
      <SummaryBody />
    </Section>
  );
}
