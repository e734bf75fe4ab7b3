import type { Prediction } from "../../api/wire";
import { isForced } from "../../domain/api-words";
import { formatMilliseconds, shortHash } from "../../domain/format";

const STAGES = [
  { key: "read", name: "read" },
  { key: "preprocess", name: "preprocess" },
  { key: "run", name: "run" },
  { key: "outline", name: "outline" },
  { key: "explain", name: "explain" },
] as const;

function describeStages(timings: Prediction["timings_ms"]): string {
  return STAGES.flatMap(({ key, name }) => {
    const value = timings[key];
    return value === undefined ? [] : [`${name} ${formatMilliseconds(value)}`];
  }).join(", ");
}

interface Fact {
  name: string;
  value: string | null;
  note: string | null;
}

function describeSpacing(spacing: Prediction["input"]["spacing_mm"]): string {
  const [row, column] = spacing ?? [];
  if (row === undefined || column === undefined) return "pixel spacing unknown";
  // The size stands beside it, and has the width first.
  return `pixels ${column.toFixed(2)} × ${row.toFixed(2)} mm apart`;
}

function describeSequence({ sequences_used: used, warnings }: Prediction): Fact {
  // Who insists on another sequence gets an answer as if it were this one.
  const note = isForced(warnings) ? "what the slice was read as" : "all that the answer rests on";
  return { name: "Sequence", value: used.join(", "), note };
}

function toFacts(prediction: Prediction, fileName: string): Fact[] {
  const { input, model, timings_ms: timings } = prediction;
  return [
    { name: "File", value: fileName, note: null },
    {
      name: "Slice",
      value: `${input.width_px} × ${input.height_px} px`,
      note: `${input.format.toUpperCase()}, ${describeSpacing(input.spacing_mm)}`,
    },
    describeSequence(prediction),
    {
      name: "Model",
      value: `${model.name} ${model.version}`,
      note: `SHA-256 ${shortHash(model.sha256)}…`,
    },
    {
      name: "Time",
      value: formatMilliseconds(timings.total),
      note: describeStages(timings),
    },
    { name: "Answer", value: null, note: prediction.id },
  ];
}

interface ResultFactsProps {
  prediction: Prediction;
  fileName: string;
}

/** What was read, by which model, and how long it took. */
export function ResultFacts({ prediction, fileName }: ResultFactsProps) {
  return (
    <dl className="grid gap-4 p-5 text-sm sm:p-6">
      {toFacts(prediction, fileName).map(({ name, value, note }) => (
        <div key={name} className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-4">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="wrap-anywhere">
            {value !== null && <span className="block font-medium">{value}</span>}
            {note !== null && (
              <span className="mt-0.5 block text-xs leading-5 text-ink-faint">{note}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
