import type { ReactNode } from "react";
import type { LayerOffer } from "../../domain/layers";
import { infernoGradient } from "../../lib/inferno";

interface LegendEntryProps {
  sign: ReactNode;
  children: ReactNode;
}

function LegendEntry({ sign, children }: LegendEntryProps) {
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-3">
      <span
        aria-hidden
        className="mt-[0.3125rem] flex h-3.5 items-center justify-center forced-color-adjust-none"
      >
        {sign}
      </span>
      <span>{children}</span>
    </li>
  );
}

/** What each layer means; where one is missing, why. */
export function LayerLegend({ offer }: { offer: LayerOffer }) {
  return (
    <>
      <ul className="mt-5 space-y-2 empty:hidden">
        {offer.layers.includes("outline") && (
          <LegendEntry
            sign={
              <span className="h-1.5 w-8 rounded-full border-2 border-outline-rim bg-outline" />
            }
          >
            The outline says where the lesion is, as far as the model can tell: it may miss a part
            or take in healthy tissue.
          </LegendEntry>
        )}
        {offer.layers.includes("heat_map") && (
          <LegendEntry
            sign={
              <span className="h-2.5 w-8 rounded-full" style={{ background: infernoGradient() }} />
            }
          >
            The heat map says where the classifier looked. It is not an outline of a tumour.
          </LegendEntry>
        )}
      </ul>
      {offer.missing.map((sentence) => (
        <p key={sentence} className="mt-3">
          {sentence}
        </p>
      ))}
    </>
  );
}
