import type { Prediction } from "../../api/wire";
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
  note: string;
}

function describeSpacing(spacing: Prediction["input"]["spacing_mm"]): string {
  const [row, column] = spacing ?? [];
  if (row === undefined || column === undefined) return "pixel spacing unknown";
  return `pixels ${row.toFixed(2)} × ${column.toFixed(2)} mm apart`;
}

function toFacts(prediction: Prediction): Fact[] {
  const { input, model, timings_ms: timings } = prediction;
  return [
    {
      name: "Slice",
      value: `${input.width_px} × ${input.height_px} px`,
      note: `${input.format.toUpperCase()}, ${describeSpacing(input.spacing_mm)}`,
    },
    {
      name: "Sequence",
      value: prediction.sequences_used.join(", "),
      note: "all that the answer rests on",
    },
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

/** What was read, by which model, and how long it took. */
export function ResultFacts({ prediction }: { prediction: Prediction }) {
  return (
    <dl className="grid gap-4 p-5 text-sm sm:p-6">
      {toFacts(prediction).map(({ name, value, note }) => (
        <div key={name} className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-4">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="break-words">
            {value !== null && <span className="block font-medium">{value}</span>}
            <span className="mt-0.5 block text-xs leading-5 break-words text-ink-faint">
              {note}
            </span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
