import type { Model } from "../../api/wire";
import { PageLink } from "./page-link";

/** The model that an address names: "#flair-resnet50", or a section of its report; else the first. */
export function chooseShown(models: readonly Model[], hash: string): Model | undefined {
  const named = models.filter(({ name }) => `${hash}-`.startsWith(`#${name}-`));
  return named.toSorted((a, b) => b.name.length - a.name.length)[0] ?? models[0];
}

interface ModelChoiceProps {
  models: readonly Model[];
  shown: Model;
}

/** Which of several models answers for what, and a way to the report of each. */
export function ModelChoice({ models, shown }: ModelChoiceProps) {
  return (
    <nav aria-label="Models" className="mt-8 max-w-2xl">
      <p className="leading-7">
        Single slices, and studies that hold FLAIR alone, are answered by the first model. A study
        that holds more is answered by the one that reads the most of it. One report is shown at a
        time.
      </p>
      <ul className="mt-2">
        {models.map((model) => (
          <li key={model.name}>
            <PageLink to={model.name} current={model === shown}>
              {model.name}
            </PageLink>{" "}
            <span className="text-ink-soft">
              reads {model.sequences.join(", ")}
              {model === shown && "; shown here"}
            </span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
