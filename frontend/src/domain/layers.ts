import type { Prediction } from "../api/wire";
import { LAYERS, type Layer } from "../lib/layer-memory";

export interface LayerOffer {
  /** What can be drawn over this slice, in the order of the control. */
  layers: readonly Layer[];
  /** Why the others can't, in sentences. */
  missing: readonly string[];
}

function whyNoOutline({ mask, outputs_withheld: withheld }: Prediction): string {
  if (mask !== undefined) return "No outline: the model found no lesion to outline in this slice.";
  const reason = withheld.find(({ output }) => output === "mask")?.detail;
  return reason === undefined ? "No outline came with this result." : `No outline: ${reason}`;
}

/** What can be drawn over a slice, and why the rest can't. */
export function offerLayers(prediction: Prediction): LayerOffer {
  const outline = prediction.mask !== undefined && prediction.lesion !== null;
  const heatMap = prediction.heatmap !== undefined;
  const offered: Record<Layer, boolean> = { outline, heat_map: heatMap, none: true };
  const missing: string[] = [];
  if (!outline) missing.push(whyNoOutline(prediction));
  if (!heatMap) missing.push("No heat map: this model gives none.");
  return { layers: LAYERS.filter((layer) => offered[layer]), missing };
}

/**
 * The layer to begin with: the reader's last choice where this slice has it; else the outline, or
 * the heat map where something is suspected and nothing outlined.
 */
export function firstLayer(prediction: Prediction, remembered: Layer | null): Layer {
  const { layers } = offerLayers(prediction);
  const wanted: Layer = prediction.label === "no_tumor" ? "none" : "heat_map";
  const order = [remembered, "outline", wanted] as const;
  return order.find((layer) => layer !== null && layers.includes(layer)) ?? "none";
}
