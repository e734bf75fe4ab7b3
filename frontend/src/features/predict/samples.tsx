import { describeSample, SAMPLE_SLICES, SAMPLE_STUDIES, type Sample } from "../../domain/samples";

interface SamplesProps {
  onSample: (sample: Sample) => void;
}

function SampleCard({ sample, onSample }: SamplesProps & { sample: Sample }) {
  return (
    <button
      type="button"
      onClick={() => {
        onSample(sample);
      }}
      className="flex size-full flex-col overflow-hidden rounded-card border border-line bg-surface text-left transition-colors hover:border-line-strong"
    >
      <img
        src={sample.kind === "slice" ? sample.path : sample.picture}
        alt=""
        width={256}
        height={256}
        className="aspect-square w-full bg-black object-contain"
      />
      <span className="block px-3 py-3 sm:px-4">
        <span className="block text-sm font-medium">{sample.title}</span>
        <span className="block text-sm text-ink-soft">{describeSample(sample)}</span>
      </span>
    </button>
  );
}

interface SampleGroupProps extends SamplesProps {
  title: string;
  samples: readonly Sample[];
  className: string;
}

function SampleGroup({ title, samples, className, onSample }: SampleGroupProps) {
  return (
    <div>
      <h3 className="text-sm font-medium text-ink-soft">{title}</h3>
      <ul className={`mt-3 grid grid-cols-2 gap-4 ${className}`}>
        {samples.map((sample) => (
          <li key={sample.name}>
            <SampleCard sample={sample} onSample={onSample} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Whole studies first, then slices: all phantoms. */
export function Samples({ onSample }: SamplesProps) {
  return (
    <section aria-labelledby="samples" className="lg:col-span-2 lg:row-start-2">
      <h2 id="samples" className="font-semibold">
        Or try a sample
      </h2>
      <p className="mt-1 max-w-prose text-sm leading-6 text-ink-soft">
        Phantoms drawn by the project’s own generator, not patient images. They show how the app
        works; the model was trained on patients, not on these.
      </p>
      <div className="mt-6 grid gap-x-4 gap-y-6 lg:grid-cols-[calc((100%-5rem)/3+1rem)_1fr]">
        <SampleGroup
          title="Whole studies"
          samples={SAMPLE_STUDIES}
          className="md:grid-cols-4 lg:grid-cols-2"
          onSample={onSample}
        />
        <SampleGroup
          title="Single slices"
          samples={SAMPLE_SLICES}
          className="md:grid-cols-4"
          onSample={onSample}
        />
      </div>
    </section>
  );
}
