import { ImageOff } from "lucide-react";
import { useState } from "react";
import type { Prediction } from "../../api/wire";
import { Card } from "../../components/card";
import { HeatMapCanvas } from "../../components/heat-map-canvas";
import { OutlineOverlay } from "../../components/outline-overlay";
import { SegmentedControl } from "../../components/segmented-control";
import { firstLayer, offerLayers } from "../../domain/layers";
import { readStoredLayer, storeLayer, type Layer } from "../../lib/layer-memory";
import { HeatMapControls } from "./heat-map-controls";
import { LayerLegend } from "./layer-legend";

interface SliceViewerProps {
  prediction: Prediction;
  fileName: string;
}

const START_OPACITY_PERCENT = 65;

const NAMES: Record<Layer, string> = { outline: "Outline", heat_map: "Heat map", none: "None" };

interface OverlayProps {
  layer: Layer;
  prediction: Prediction;
  opacity: number;
}

function Overlay({ layer, prediction: { mask, heatmap }, opacity }: OverlayProps) {
  if (layer === "outline" && mask !== undefined) return <OutlineOverlay source={mask} />;
  if (layer === "heat_map" && heatmap !== undefined) {
    return <HeatMapCanvas source={heatmap} opacity={opacity / 100} />;
  }
  return null;
}

/** Width over height of the picture: in millimetres where the file tells its spacing, else in pixels. */
function toAspect({ width_px: width, height_px: height, spacing_mm }: Prediction["input"]): number {
  const [row = 1, column = 1] = spacing_mm ?? [];
  return (width * column) / (height * row);
}

/** The slice as the API windowed it, with the outline, the heat map or nothing over it. */
export function SliceViewer({ prediction, fileName }: SliceViewerProps) {
  const [layer, setLayer] = useState(() => firstLayer(prediction, readStoredLayer()));
  const [opacity, setOpacity] = useState(START_OPACITY_PERCENT);
  const { preview, input } = prediction;
  const aspect = toAspect(input);
  const offer = offerLayers(prediction);
  const choose = (next: Layer) => {
    storeLayer(next);
    setLayer(next);
  };
  return (
    <Card className="overflow-hidden">
      <figure>
        <div className="bg-black">
          {/* However tall, it leaves its controls on the screen. */}
          <div
            className="relative mx-auto grid w-full place-items-center"
            style={{ aspectRatio: aspect, maxWidth: `calc(80vh * ${aspect})` }}
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
                className="absolute inset-0 size-full object-fill"
              />
            )}
            <Overlay layer={layer} prediction={prediction} opacity={opacity} />
          </div>
        </div>
        <figcaption className="border-t border-line p-5 text-sm leading-6 text-ink-soft sm:p-6">
          {offer.layers.length > 1 && (
            <SegmentedControl
              legend="Over the slice"
              options={offer.layers.map((value) => ({ value, name: NAMES[value] }))}
              value={layer}
              onChange={choose}
            />
          )}
          {layer === "heat_map" && <HeatMapControls opacity={opacity} onOpacity={setOpacity} />}
          <LayerLegend offer={offer} />
          {preview !== undefined && (
            <p className="mt-3">
              The slice lies here as in its file. Its sides are not marked: do not read left and
              right from it.
            </p>
          )}
        </figcaption>
      </figure>
    </Card>
  );
}
