import type { Model } from "../../api/wire";
import { Card } from "../../components/card";
import { ResearchNotice } from "../../components/research-notice";
import { formatDate, formatProbability } from "../../domain/format";

/** Those that the API calls otherwise than a reader would. */
const OUTPUT_NAMES: Partial<Record<string, string>> = {
  heatmap: "heat map",
  mask: "outline",
};

function describeGate(gate: Model["gate"]): string {
  return gate === null ? "file header, pixels" : "file header, pixels, network";
}

function toFacts(model: Model): { name: string; value: string }[] {
  const { low, high } = model.uncertain_band;
  return [
    { name: "Task", value: model.task },
    {
      name: model.sequences.length > 1 ? "Sequences" : "Sequence",
      value: model.sequences.join(", "),
    },
    {
      name: "Answers with",
      value: model.outputs.map((name) => OUTPUT_NAMES[name] ?? name).join(", "),
    },
    { name: "Input check", value: describeGate(model.gate) },
    { name: "Architecture", value: model.architecture },
    { name: "Input", value: `${model.input_size_px} × ${model.input_size_px} px` },
    { name: "Threshold", value: formatProbability(model.threshold) },
    {
      name: "Uncertain band",
      value: `${formatProbability(low)} to ${formatProbability(high)}`,
    },
    { name: "Band covers", value: `${formatProbability(model.level)} of each class` },
    ...(model.lesion_threshold === null
      ? []
      : [{ name: "Outline", value: `pixels from ${formatProbability(model.lesion_threshold)}` }]),
    { name: "Created", value: formatDate(model.created) },
  ];
}

/** The identity card of a model. */
export function ModelFacts({ model }: { model: Model }) {
  return (
    <Card className="p-6 sm:p-8">
      <div className="flex flex-wrap items-baseline justify-between gap-x-8 gap-y-2">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <span className="text-lg font-semibold tracking-tight">{model.name}</span>
          <span className="text-ink-soft tabular-nums">version {model.version}</span>
        </p>
        <ResearchNotice />
      </div>
      <dl className="mt-6 grid grid-cols-2 gap-x-6 gap-y-5 text-sm sm:grid-cols-3 lg:grid-cols-4">
        {toFacts(model).map(({ name, value }) => (
          <div key={name}>
            <dt className="text-ink-soft">{name}</dt>
            <dd className="mt-0.5 font-medium">{value}</dd>
          </div>
        ))}
        <div className="col-span-full">
          <dt className="text-ink-soft">SHA-256 of the weights</dt>
          <dd className="mt-0.5 font-mono text-xs leading-5 break-all">{model.sha256}</dd>
        </div>
      </dl>
    </Card>
  );
}
