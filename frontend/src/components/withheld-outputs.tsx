import { useId } from "react";
import { groupWithheld, type WithheldOutput } from "../domain/withheld";

/** What this answer leaves out, and why. */
export function WithheldOutputs({ withheld }: { withheld: readonly WithheldOutput[] }) {
  const id = useId();
  if (withheld.length === 0) return null;
  return (
    <section aria-labelledby={id} className="border-t border-line p-5 text-sm sm:p-6">
      <h3 id={id} className="font-semibold">
        Left out of this answer
      </h3>
      <dl className="mt-3 space-y-3 leading-6">
        {groupWithheld(withheld).map(({ names, detail }) => (
          <div key={detail}>
            <dt className="font-medium">{names}</dt>
            <dd className="text-ink-soft">{detail}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
