import { FolderOpen, Upload } from "lucide-react";
import { useRef, useState } from "react";
import { useDropzone } from "react-dropzone";
import { Button } from "../../components/button";
import { withoutLitter } from "../../domain/upload";
import { NothingNotice } from "./nothing-notice";

/** An attribute that every browser knows and React's types do not. */
const WHOLE_FOLDER = { webkitdirectory: "" };

interface DropAreaProps {
  onFiles: (files: readonly File[]) => void;
}

function Key({ children }: { children: string }) {
  return (
    <kbd className="rounded border border-line bg-raised px-1.5 py-0.5 font-sans text-xs">
      {children}
    </kbd>
  );
}

/** Takes files or a folder by drop or picker. Type and size are the API's to judge: it reads the bytes. */
export function DropArea({ onFiles }: DropAreaProps) {
  const [empty, setEmpty] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const take = (given: readonly File[]) => {
    const files = withoutLitter(given);
    setEmpty(files.length === 0);
    if (files.length > 0) onFiles(files);
  };
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    // What falls beside the area is the page's to take.
    preventDropOnDocument: false,
    onDrop: take,
  });
  const look = isDragActive
    ? "border-accent bg-accent-soft"
    : "border-line-strong/70 bg-surface hover:border-line-strong";

  return (
    <div className="flex flex-col gap-4">
      <div
        {...getRootProps({ role: "group", tabIndex: undefined })}
        aria-label="Choose a study or a slice"
        className={`flex min-h-80 flex-1 flex-col items-center justify-center rounded-card border-2 border-dashed px-6 py-12 text-center transition-colors ${look}`}
      >
        <input {...getInputProps({ "aria-label": "Files to analyse", tabIndex: -1 })} />
        <input
          ref={folder}
          type="file"
          {...WHOLE_FOLDER}
          aria-label="Folder to analyse"
          tabIndex={-1}
          className="hidden"
          onChange={({ target }) => {
            take([...(target.files ?? [])]);
            // The same folder may be chosen again.
            target.value = "";
          }}
        />
        <span className="grid size-14 place-items-center rounded-full bg-accent-soft text-accent">
          <Upload aria-hidden className="size-6" strokeWidth={1.75} />
        </span>
        <p className="mt-5 text-lg font-medium">
          {isDragActive ? "Let go to analyse it" : "Drop a study or a slice here"}
        </p>
        <p className="mt-1.5 max-w-md text-sm leading-6 text-ink-soft">
          A volume, several files, a folder of DICOM files, a zip of one, or a single picture; or
          paste a picture with <Key>Ctrl</Key> + <Key>V</Key>.
        </p>
        <div className="mt-6 flex flex-wrap justify-center gap-3">
          <Button onClick={open}>Choose files</Button>
          <Button
            look="secondary"
            onClick={() => {
              folder.current?.click();
            }}
          >
            <FolderOpen aria-hidden className="size-4" />
            Choose a folder
          </Button>
        </div>
      </div>
      {empty && <NothingNotice />}
    </div>
  );
}
