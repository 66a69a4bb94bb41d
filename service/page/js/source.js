// Where an article comes from: a paste, a file, a link or the sample.

import { post, Problem, send } from "./api.js";
import { say } from "./words.js";

const TYPES = {
  txt: "text/plain", text: "text/plain", html: "text/html", htm: "text/html", md: "text/markdown", markdown: "text/markdown",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", pdf: "application/pdf",
};

/** The article in one of `text`, `url` and `file`. Throws a Problem. */
export async function readArticle({ text, url, file, language = null }, signal) {
  const said = language ? { source_language: language } : {};
  if (file) return send(`v1/documents${language ? `?source_language=${language}` : ""}`, file, typeOf(file), signal);
  if (url) return post("v1/articles", { url, ...said }, signal);
  if (!text.trim()) throw new Problem({ detail: say("nothing_to_read"), ours: true });
  return post("v1/articles", { text, ...said }, signal);
}

function typeOf(file) {
  const type = TYPES[file.name.split(".").pop().toLowerCase()];
  if (type) return type;
  throw new Problem({ detail: say("unknown_type", { name: file.name }), hint: say("unknown_type_hint"), ours: true });
}

/** Calls `take(file)` for a file that is chosen, or dropped anywhere on the page. */
export function onFile(input, veil, take) {
  input.addEventListener("change", () => { if (input.files[0]) take(input.files[0]); input.value = ""; });
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    veil.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) veil.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    veil.classList.remove("over");
    if (!carries(event)) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
}
