/** Said on the picture itself, where what should lie over it could not be drawn. */
export function OverlayFailure({ what }: { what: string }) {
  return (
    <p
      role="alert"
      className="absolute bottom-4 rounded-control bg-black/80 px-3 py-2 text-sm text-white"
    >
      {what} could not be drawn.
    </p>
  );
}
