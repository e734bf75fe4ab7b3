import { Card } from "../../components/card";
import type { GroupFigures } from "../../domain/figures";

/** How much of each source the figures rest on. */
export function DataTable({ sources }: { sources: readonly GroupFigures[] }) {
  return (
    <Card className="overflow-hidden">
      <table className="w-full text-sm">
        <caption className="sr-only">
          Patients and slices that the figures rest on, by data source
        </caption>
        <thead>
          <tr className="text-left text-xs text-ink-soft">
            <th scope="col" className="py-3 pr-3 pl-4 font-medium sm:pl-6">
              Measured on
            </th>
            <th scope="col" className="py-3 pr-3 text-right font-medium sm:w-36">
              Patients
            </th>
            <th scope="col" className="py-3 pr-3 text-right font-medium sm:w-36">
              Slices
            </th>
            <th scope="col" className="py-3 pr-4 text-right font-medium sm:w-40 sm:pr-6">
              With tumour
            </th>
          </tr>
        </thead>
        <tbody className="tabular-nums">
          {sources.map((group) => (
            <tr key={group.source} className="border-t border-line">
              <th scope="row" className="py-3.5 pr-3 pl-4 text-left font-medium sm:pl-6">
                {group.title}
              </th>
              <td className="py-3.5 pr-3 text-right">{group.patients.toLocaleString("en-GB")}</td>
              <td className="py-3.5 pr-3 text-right">{group.slices.toLocaleString("en-GB")}</td>
              <td className="py-3.5 pr-4 text-right sm:pr-6">
                {group.tumorSlices.toLocaleString("en-GB")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
