import { LoaderCircle } from "lucide-react";
import { Button } from "../../components/button";
import { Card } from "../../components/card";
import { useFocusOnMount } from "../../lib/use-focus-on-mount";

interface UploadingViewProps {
  file: string;
  onCancel: () => void;
}

export function UploadingView({ file, onCancel }: UploadingViewProps) {
  const heading = useFocusOnMount<HTMLHeadingElement>();
  return (
    <Card className="flex min-h-80 flex-col items-center justify-center px-6 py-12 text-center">
      <LoaderCircle aria-hidden className="size-8 animate-spin text-accent" strokeWidth={1.75} />
      <h2 ref={heading} tabIndex={-1} className="mt-5 text-lg font-medium">
        Analysing the slice
      </h2>
      <p className="mt-1.5 max-w-full text-sm leading-6 break-words text-ink-soft">{file}</p>
      <Button look="secondary" className="mt-6" onClick={onCancel}>
        Cancel
      </Button>
    </Card>
  );
}
