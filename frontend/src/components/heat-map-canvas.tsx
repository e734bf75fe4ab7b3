import { useEffect, useRef, useState } from "react";
import { colourHeatMap } from "../lib/heat-map";
import { loadImage } from "../lib/load-image";
import { OverlayFailure } from "./overlay-failure";

interface HeatMapCanvasProps {
  source: string;
  opacity: number;
}

function paint(canvas: HTMLCanvasElement, image: HTMLImageElement): boolean {
  const context = canvas.getContext("2d");
  if (context === null) return false;
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  context.drawImage(image, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  colourHeatMap(pixels.data);
  context.putImageData(pixels, 0, 0);
  return true;
}

/** Colours the grey heat map of the API and lays it over what is under it. */
export function HeatMapCanvas({ source, opacity }: HeatMapCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<"loading" | "drawn" | "failed">("loading");

  useEffect(() => {
    let current = true;
    loadImage(source)
      .then((image) => {
        if (!current || canvas.current === null) return;
        setState(paint(canvas.current, image) ? "drawn" : "failed");
      })
      .catch(() => {
        if (current) setState("failed");
      });
    return () => {
      current = false;
    };
  }, [source]);

  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label="Heat map of where the classifier looked"
        data-state={state}
        className="absolute inset-0 size-full object-fill"
        style={{ opacity }}
      />
      {state === "failed" && <OverlayFailure what="The heat map" />}
    </>
  );
}
