import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Note, useField } from "./fields";
import { bytes } from "./format";

/** The pictures: chosen, dropped or pasted, and shown. One is usual; more make a batch. */
export function Drop({ files, onFiles }: { files: File[]; onFiles: (files: File[]) => void }): JSX.Element {
  const [isOver, setIsOver] = useState(false);
  const field = useField("image");
  const take = (list: FileList | null | undefined): void => {
    if (list && list.length > 0) onFiles([...list]);
  };
  useEffect(() => {
    const paste = (event: ClipboardEvent): void => take(event.clipboardData?.files);
    addEventListener("paste", paste);
    return () => removeEventListener("paste", paste);
  }, [onFiles]);
  return (
    <div
      class={`drop ${isOver ? "over" : ""}`}
      onDragOver={(event) => { event.preventDefault(); setIsOver(true); }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => { event.preventDefault(); setIsOver(false); take(event.dataTransfer?.files); }}
    >
      <label for="image">Picture</label>
      <div class={files.length > 1 ? "several" : "single"}>
        {files.map((file, index) => <Shown key={`${index} ${file.name}`} file={file} alt={files.length > 1 ? `Picture ${index + 1} of ${files.length}` : "The picture that will be sent"} />)}
      </div>
      {files.length === 0 && <p class="hint" aria-hidden="true">Drop a picture here, paste one, or choose a file; several make a batch</p>}
      <input {...field} type="file" multiple accept="image/*,.exr,.hdr,.tga,.jxl,.tif,.tiff" onChange={(event) => onFiles([...(event.currentTarget.files ?? [])])} />
      <Note name="image" />
    </div>
  );
}

function Shown({ file, alt }: { file: File; alt: string }): JSX.Element {
  const [source, setSource] = useState<string | null>(null);
  const [isShown, setIsShown] = useState(true);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setSource(made);
    setIsShown(true);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return (
    <div class="shown">
      {source && isShown && <img src={source} alt={alt} onError={() => setIsShown(false)} />}
      <p class="quiet">{file.name}, {bytes(file.size)}{!isShown && ": this browser does not show it; the service may read it all the same"}</p>
    </div>
  );
}
