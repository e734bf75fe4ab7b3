import { ImageUp } from "lucide-react";
import { useState } from "react";
import { useDropzone } from "react-dropzone";
import { Button } from "../../components/button";
import { Notice } from "../../components/notice";

interface DropAreaProps {
  onFile: (file: File) => void;
}

/** Takes one file by drop or picker. Type and size are the API's to judge: it reads the bytes. */
export function DropArea({ onFile }: DropAreaProps) {
  const [tooMany, setTooMany] = useState(false);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    multiple: false,
    noClick: true,
    noKeyboard: true,
    onDrop: (accepted, rejected) => {
      setTooMany(rejected.length > 1);
      const [file] = accepted;
      if (file !== undefined) onFile(file);
    },
  });
  const look = isDragActive
    ? "border-accent bg-accent-soft"
    : "border-line-strong/70 bg-surface hover:border-line-strong";

  return (
    <div className="flex flex-col gap-4">
      <div
        {...getRootProps({ role: "group", tabIndex: undefined })}
        aria-label="Choose a slice"
        className={`flex min-h-80 flex-1 flex-col items-center justify-center rounded-card border-2 border-dashed px-6 py-12 text-center transition-colors ${look}`}
      >
        <input {...getInputProps({ "aria-label": "Slice file", tabIndex: -1 })} />
        <span className="grid size-14 place-items-center rounded-full bg-accent-soft text-accent">
          <ImageUp aria-hidden className="size-6" strokeWidth={1.75} />
        </span>
        <p className="mt-5 text-lg font-medium">
          {isDragActive ? "Let go to analyse it" : "Drop a slice here"}
        </p>
        <p className="mt-1.5 max-w-sm text-sm leading-6 text-ink-soft">
          or choose a file, or paste a picture with{" "}
          <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">
            Ctrl
          </kbd>{" "}
          +{" "}
          <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">
            V
          </kbd>
          .
        </p>
        <Button className="mt-6" onClick={open}>
          Choose a file
        </Button>
      </div>
      {tooMany && (
        <Notice kind="warning" role="alert">
          One slice at a time, please: several files were dropped and none was sent.
        </Notice>
      )}
    </div>
  );
}
