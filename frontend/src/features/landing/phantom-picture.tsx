import { HeatMapCanvas } from "../../components/heat-map-canvas";

interface PhantomPictureProps {
  withHeatMap?: boolean;
  className?: string;
}

/** The first sample slice, with or without its heat map. Always beside words that say the same. */
export function PhantomPicture({ withHeatMap = false, className = "" }: PhantomPictureProps) {
  return (
    <div aria-hidden className={`relative overflow-hidden bg-black ${className}`}>
      <img
        src="/samples/tumor-1.png"
        alt=""
        width={256}
        height={256}
        className="aspect-square w-full"
      />
      {withHeatMap && <HeatMapCanvas source="/pictures/tumor-1-heat-map.png" opacity={0.7} />}
    </div>
  );
}
