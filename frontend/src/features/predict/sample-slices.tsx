import { describeSample, SAMPLE_SLICES, type SampleSlice } from "../../domain/samples";

interface SampleSlicesProps {
  onSample: (sample: SampleSlice) => void;
}

export function SampleSlices({ onSample }: SampleSlicesProps) {
  return (
    <section aria-labelledby="samples" className="lg:col-span-2 lg:row-start-2">
      <h2 id="samples" className="font-semibold">
        Or try a sample slice
      </h2>
      <p className="mt-1 max-w-prose text-sm leading-6 text-ink-soft">
        Phantoms drawn by the project’s own generator, not patient images. They show how the app
        works; the model was trained on patients, not on these.
      </p>
      <ul className="mt-5 grid grid-cols-2 gap-4 md:grid-cols-4">
        {SAMPLE_SLICES.map((sample) => (
          <li key={sample.name}>
            <button
              type="button"
              onClick={() => {
                onSample(sample);
              }}
              className="group block w-full overflow-hidden rounded-card border border-line bg-surface text-left transition-colors hover:border-line-strong"
            >
              <img
                src={sample.path}
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
          </li>
        ))}
      </ul>
    </section>
  );
}
