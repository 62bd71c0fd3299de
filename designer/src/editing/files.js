/* Files out of the page, and into it. */

/** Hand a file to the person. */
export function download(name, content, type = "application/octet-stream") {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replaceAll(/[\\/:*?"<>|]+/g, "-");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const DECLARED = /^(<\?xml\b[^>]*?\sencoding\s*=\s*)(["'])([\w.:-]+)\2/;

/** The text of a file in whatever encoding it declares; the text then declares the one that it is sent in. */
export async function textOf(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = decoder(bytes).decode(bytes);
  return text.replace(DECLARED, "$1$2UTF-8$2");
}

function decoder(bytes) {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return new TextDecoder("utf-16le");
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return new TextDecoder("utf-16be");
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200)).replace(/^\u00ef\u00bb\u00bf/, "");
  try {
    return new TextDecoder(DECLARED.exec(head)?.[3] ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}
