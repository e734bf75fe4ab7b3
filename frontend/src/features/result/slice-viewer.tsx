import { ImageOff } from "lucide-react";
import { useId, useState } from "react";
import type { Prediction } from "../../api/wire";
import { Card } from "../../components/card";
import { HeatMapCanvas } from "../../components/heat-map-canvas";
import { infernoGradient } from "../../lib/inferno";

interface SliceViewerProps {
  prediction: Prediction;
  fileName: string;
}

const START_OPACITY_PERCENT = 65;

/** The slice as the API windowed it, with the heat map over it. */
export function SliceViewer({ prediction, fileName }: SliceViewerProps) {
  const [opacity, setOpacity] = useState(START_OPACITY_PERCENT);
  const { preview, heatmap, input } = prediction;
  return (
    <Card className="overflow-hidden">
      <figure>
        <div
          className="relative mx-auto grid w-full place-items-center bg-black"
          style={{ aspectRatio: `${input.width_px} / ${input.height_px}` }}
        >
          {preview === undefined ? (
            <p className="flex items-center gap-2 text-sm text-neutral-300">
              <ImageOff aria-hidden className="size-4" />
              No preview came with this result
            </p>
          ) : (
            <img
              src={preview}
              alt={`The slice ${fileName}, windowed for viewing`}
              className="absolute inset-0 size-full object-contain"
            />
          )}
          {heatmap !== undefined && <HeatMapCanvas source={heatmap} opacity={opacity / 100} />}
        </div>
        <figcaption className="border-t border-line p-5 text-sm leading-6 text-ink-soft sm:p-6">
          {heatmap === undefined ? (
            "This model gives no heat map."
          ) : (
            <HeatMapControls opacity={opacity} onOpacity={setOpacity} />
          )}
        </figcaption>
      </figure>
    </Card>
  );
}

interface HeatMapControlsProps {
  opacity: number;
  onOpacity: (opacity: number) => void;
}

function HeatMapControls({ opacity, onOpacity }: HeatMapControlsProps) {
  const id = useId();
  return (
    <>
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        <div>
          <div className="flex justify-between gap-4">
            <label htmlFor={id} className="font-medium text-ink">
              Heat map opacity
            </label>
            <output htmlFor={id} className="tabular-nums">
              {opacity}%
            </output>
          </div>
          <input
            id={id}
            type="range"
            min={0}
            max={100}
            step={5}
            value={opacity}
            onChange={(event) => {
              onOpacity(event.target.valueAsNumber);
            }}
            className="slider mt-1.5 w-full"
          />
        </div>
        <div>
          <p className="font-medium text-ink">Evidence for a tumour</p>
          <span
            aria-hidden
            className="mt-2.5 block h-2.5 rounded-full"
            style={{ background: infernoGradient() }}
          />
          <p className="mt-1 flex justify-between text-xs">
            <span>none</span>
            <span>strongest</span>
          </p>
        </div>
      </div>
      <p className="mt-4">
        The heat map shows where the classifier looked. It is not an outline of a tumour.
      </p>
    </>
  );
}
