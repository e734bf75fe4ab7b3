import { RotateCw } from "lucide-react";
import { Button } from "./button";
import { Notice } from "./notice";

interface RequestNoticeProps {
  what: string;
  onRetry: () => void;
}

/** Something that the page reads from the API did not come; say so and offer to ask again. */
export function RequestNotice({ what, onRetry }: RequestNoticeProps) {
  return (
    <Notice kind="error" role="alert">
      <p className="font-medium">{what} could not be loaded.</p>
      <p className="mt-1 text-ink-soft">
        The service does not answer. The page shows nothing rather than old figures.
      </p>
      <Button look="secondary" className="mt-4" onClick={onRetry}>
        <RotateCw aria-hidden className="size-4" />
        Load again
      </Button>
    </Notice>
  );
}
