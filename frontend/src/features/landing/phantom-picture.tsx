import { HeatMapCanvas } from "../../components/heat-map-canvas";
import { OutlineOverlay } from "../../components/outline-overlay";

interface PhantomPictureProps {
  layer?: "outline" | "heat_map" | "none";
  className?: string;
}

/** The first sample slice, and the shipped model's answer over it. Always beside words that say the same. */
export function PhantomPicture({ layer = "none", className = "" }: PhantomPictureProps) {
  return (
    <div aria-hidden className={`relative overflow-hidden bg-black ${className}`}>
      <img
        src="/samples/tumor-1.png"
        alt=""
        width={256}
        height={256}
        className="aspect-square w-full"
      />
      {layer === "outline" && <OutlineOverlay source="/pictures/tumor-1-mask.png" />}
      {layer === "heat_map" && (
        <HeatMapCanvas source="/pictures/tumor-1-heat-map.png" opacity={0.7} />
      )}
    </div>
  );
}
