import type { ReactNode } from "react";
import { Card } from "./card";

interface ScrollTableProps {
  label: string;
  columns: readonly string[];
  /** One or more `tbody`. */
  children: ReactNode;
}

/** Of plain numbers, on a telephone. */
const MOST_COLUMNS_THAT_FIT = 4;

/** A table that is wider than a telephone: it scrolls sideways, so the keyboard must reach it. */
export function ScrollTable({ label, columns, children }: ScrollTableProps) {
  const fits = columns.length <= MOST_COLUMNS_THAT_FIT;
  // A narrow first column leaves a telephone room for figures beside it.
  const firstColumn = `px-4 sm:w-2/5 sm:px-6 ${fits ? "w-2/5" : "w-44"}`;
  return (
    <Card
      tabIndex={0}
      role="region"
      aria-label={label}
      className="scroll-shadow relative overflow-x-auto"
    >
      <table className={`w-full text-sm ${fits ? "" : "min-w-[38rem]"}`}>
        <thead>
          <tr className="text-left align-bottom text-xs text-ink-soft">
            {columns.map((name, index) => (
              <th
                key={name}
                scope="col"
                className={`py-3 font-medium ${index === 0 ? firstColumn : "pr-4"}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {children}
      </table>
    </Card>
  );
}

interface RowProps {
  title: string;
  notes?: readonly string[];
  children: ReactNode;
}

export function Row({ title, notes = [], children }: RowProps) {
  return (
    <tr className="border-t border-line align-top">
      <th scope="row" className="px-4 py-3.5 text-left font-medium first-letter:uppercase sm:px-6">
        {title}
        {notes.map((note) => (
          <span key={note} className="mt-0.5 block text-xs font-normal text-ink-faint">
            {note}
          </span>
        ))}
      </th>
      {children}
    </tr>
  );
}

export function Cell({ children }: { children: ReactNode }) {
  return <td className="py-3.5 pr-4 tabular-nums">{children}</td>;
}
