import { LoaderCircle } from "lucide-react";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { ProgressBar } from "../../components/progress-bar";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";
import type { Sent } from "./screen-state";

interface UploadingViewProps {
  what: string;
  sent: Sent | null;
  onCancel: () => void;
}

function toHeading(sent: Sent | null): string {
  if (sent === null) return "Opening the files";
  return sent.as === "slice" ? "Analysing the slice" : "Sending the study";
}

export function UploadingView({ what, sent, onCancel }: UploadingViewProps) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  return (
    <Card className="flex min-h-80 flex-col items-center justify-center px-6 py-12 text-center">
      <LoaderCircle aria-hidden className="size-8 animate-spin text-accent" strokeWidth={1.75} />
      <h2 ref={heading} tabIndex={-1} className="mt-5 text-lg font-medium">
        {toHeading(sent)}
      </h2>
      <p className="mt-1.5 max-w-full text-sm leading-6 break-words text-ink-soft">{what}</p>
      {sent?.as === "study" && (
        <div className="mt-5 w-full max-w-sm">
          <ProgressBar label="Sent" share={sent.share} />
        </div>
      )}
      <Button look="secondary" className="mt-6" onClick={onCancel}>
        Cancel
      </Button>
    </Card>
  );
}
