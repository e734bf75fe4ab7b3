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
      className="group block w-full overflow-hidden rounded-card border border-line bg-surface text-left transition-colors hover:border-line-strong"
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
      <h3 className="mt-6 text-sm font-medium text-ink-soft">Whole studies</h3>
      <ul className="mt-3 grid grid-cols-2 gap-4 md:grid-cols-4">
        {SAMPLE_STUDIES.map((sample) => (
          <li key={sample.name}>
            <SampleCard sample={sample} onSample={onSample} />
          </li>
        ))}
      </ul>
      <h3 className="mt-6 text-sm font-medium text-ink-soft">Single slices</h3>
      <ul className="mt-3 grid grid-cols-2 gap-4 md:grid-cols-4">
        {SAMPLE_SLICES.map((sample) => (
          <li key={sample.name}>
            <SampleCard sample={sample} onSample={onSample} />
          </li>
        ))}
      </ul>
    </section>
  );
}
