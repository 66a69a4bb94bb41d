// Sources of an article: pasted text, a file or a link.

import { post, postFile, Problem } from "./api.js";
import { t } from "./i18n.js";

const TYPES = {
  txt: "text/plain", text: "text/plain", html: "text/html", htm: "text/html", md: "text/markdown", markdown: "text/markdown",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", pdf: "application/pdf",
};

/** Extracts the article from one of `text`, `url` and `file`. Throws a Problem. */
export async function readArticle({ text, url, file, language = null }, signal) {
  const fields = language ? { source_language: language } : {};
  if (file) return postFile(`v1/documents${language ? `?source_language=${language}` : ""}`, file, typeOf(file), signal);
  if (url) return post("v1/articles", { url, ...fields }, signal);
  if (!text.trim()) throw new Problem({ detail: t("nothing_to_read"), localized: true });
  return post("v1/articles", { text, ...fields }, signal);
}

function typeOf(file) {
  const type = TYPES[file.name.split(".").pop().toLowerCase()];
  if (type) return type;
  throw new Problem({ detail: t("unknown_type", { name: file.name }), hint: t("unknown_type_hint"), localized: true });
}

/** Calls `handler(file)` when a file is chosen, or dropped anywhere on the page. */
export function onFile(input, overlay, handler) {
  input.addEventListener("change", () => { if (input.files[0]) handler(input.files[0]); input.value = ""; });
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    overlay.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) overlay.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    overlay.classList.remove("over");
    if (!hasFiles(event)) return;
    event.preventDefault();
    handler(event.dataTransfer.files[0]);
  });
}
