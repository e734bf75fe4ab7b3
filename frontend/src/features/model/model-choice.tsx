import type { Model } from "../../api/wire";
import { PageLink } from "./page-link";

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
            <PageLink to={name}>{name}</PageLink>{" "}
            <span className="text-ink-soft">reads {sequences.join(", ")}</span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
