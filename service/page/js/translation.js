// A translation beside its original, piece by piece.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { nameOf, say, written } from "./words.js";

/** The rows of originals, into which translations come as they are written. */
export function sideBySide(article, language) {
  const cells = article.paragraphs.map(() => el("td", { class: "pending", ...written(language) }));
  const rows = article.paragraphs.map((paragraph, at) =>
    el("tr", { class: paragraph.kind }, el("td", written(article.language), paragraph.text), cells[at]));
  const head = el("tr", {}, el("th", { scope: "col" }, `${say("original")}: ${nameOf(article.language)}`), el("th", { scope: "col" }, nameOf(language)));
  const node = el("table", { class: "pairs" }, el("thead", {}, head), el("tbody", {}, rows));
  const put = (at, text) => {
    cells[at].textContent = text;
    cells[at].classList.remove("pending");
  };
  const warn = (notice) => {
    const piece = notice.message.slice(notice.message.indexOf(": ") + 2); // warnings end with the piece they are about
    const at = article.paragraphs.findIndex((paragraph) => paragraph.text.includes(piece));
    cells[at]?.append(warning(notice));
    return at >= 0;
  };
  return { node, put, warn };
}

/** A whole translation. */
export function translationOf(answer, article) {
  const table = sideBySide(article, answer.target_language);
  answer.texts.forEach((text, at) => table.put(at, text));
  const loose = notices(answer).filter((notice) => !table.warn(notice));
  return [
    table.node,
    el("p", {}, loose.map((notice) => warning(notice))),
    copyButton(say("translation"), () => answer.texts.join("\n\n")),
  ];
}
