import { RotateCw } from "lucide-react";
import { Button } from "./button";
import { Notice } from "./notice";

interface RequestNoticeProps {
  what: string;
  onRetry: () => void;
}

/** The button goes with its notice: keyboard and screen reader wait at the heading over them. */
function leadToHeading(button: HTMLElement): void {
  const place = button.closest("section, main");
  const target = place?.querySelector("h1, h2") ?? place;
  if (!(target instanceof HTMLElement)) return;
  // It takes the focus from here only.
  target.setAttribute("tabindex", "-1");
  target.focus({ preventScroll: true });
}

/** Something that the page reads from the API did not come; say so and offer to ask again. */
export function RequestNotice({ what, onRetry }: RequestNoticeProps) {
  return (
    <Notice kind="error" role="alert">
      <p className="font-medium">{what} could not be loaded.</p>
      <p className="mt-1 text-ink-soft">
        The service does not answer. The page shows nothing rather than old figures.
      </p>
      <Button
        look="secondary"
        className="mt-4"
        onClick={({ currentTarget }) => {
          leadToHeading(currentTarget);
          onRetry();
        }}
      >
        <RotateCw aria-hidden className="size-4" />
        Load again
      </Button>
    </Notice>
  );
}
