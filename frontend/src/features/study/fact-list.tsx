import type { StudyFact } from "../../domain/study-facts";

/** Names at the left, values and their notes at the right. */
export function FactList({ facts }: { facts: readonly StudyFact[] }) {
  return (
    <dl className="grid gap-4 text-sm">
      {facts.map(({ name, value, note }) => (
        <div key={name} className="grid grid-cols-[5.75rem_minmax(0,1fr)] gap-4">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="break-words">
            <span className="block font-medium">{value}</span>
            {note !== null && (
              <span className="mt-0.5 block text-xs leading-5 break-words text-ink-faint">
                {note}
              </span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
