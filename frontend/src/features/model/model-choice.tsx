import type { Model } from "../../api/wire";

/** Which of several models answers for what, and a way to each. */
export function ModelChoice({ models }: { models: readonly Model[] }) {
  return (
    <nav aria-label="Models" className="mt-8 max-w-2xl">
      <p className="leading-7">
        Single slices, and studies that hold FLAIR alone, are answered by the first model. A study
        that holds more is answered by the one that reads the most of it.
      </p>
      <ul className="mt-2">
        {models.map(({ name, sequences }) => (
          <li key={name}>
            <a
              href={`#${name}`}
              className="inline-flex min-h-8 items-center font-medium text-accent hover:text-accent-hover pointer-coarse:min-h-11"
            >
              {name}
            </a>{" "}
            <span className="text-ink-soft">reads {sequences.join(", ")}</span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
