import { Check, Copy } from "lucide-react";
import { useState } from "react";
import type { Prediction } from "../../api/wire";
import { Button } from "../../components/button";
import { toPlainJson } from "./plain-json";

type CopyState = "idle" | "copied" | "failed";

const WORDS: Record<CopyState, string> = {
  idle: "",
  copied: "Copied to the clipboard.",
  failed: "Copying is not allowed here. Open the JSON and copy it by hand.",
};

/** The answer of the API for a notebook or a report, without its pictures. */
export function CopyJson({ prediction }: { prediction: Prediction }) {
  const [state, setState] = useState<CopyState>("idle");
  const json = toPlainJson(prediction);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(json);
      setState("copied");
    } catch {
      setState("failed");
    }
  };
  const Icon = state === "copied" ? Check : Copy;
  return (
    <>
      <Button
        look="secondary"
        onClick={() => {
          void copy();
        }}
      >
        <Icon aria-hidden className="size-4" />
        Copy JSON
      </Button>
      <p role="status" className="text-sm text-ink-soft empty:hidden">
        {WORDS[state]}
      </p>
      <details className="w-full min-w-0 text-sm">
        <summary className="w-fit cursor-pointer py-1 text-ink-soft hover:text-ink pointer-coarse:py-3">
          Show JSON, without the pictures
        </summary>
        {/* Scrolls sideways, so the keyboard must be able to reach it. */}
        <pre
          // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label="Prediction as JSON"
          role="region"
          className="mt-2 max-h-96 overflow-auto rounded-control bg-raised p-4 text-xs leading-5"
        >
          {json}
        </pre>
      </details>
    </>
  );
}
