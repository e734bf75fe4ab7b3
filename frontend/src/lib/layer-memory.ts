const STORAGE_KEY = "brainai.layer";

/** What is drawn over a slice. */
export const LAYERS = ["outline", "heat_map", "none"] as const;
export type Layer = (typeof LAYERS)[number];

/** The reader's last choice in this tab, or null where there was none. */
export function readStoredLayer(): Layer | null {
  try {
    const stored = sessionStorage.getItem(STORAGE_KEY);
    return LAYERS.find((layer) => layer === stored) ?? null;
  } catch {
    return null;
  }
}

export function storeLayer(layer: Layer): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, layer);
  } catch {
    // Storage may be blocked: the choice then lasts as long as the result.
  }
}
