// A translation next to its original.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { langAttributes, languageName, t } from "./i18n.js";

/** A table of the article's paragraphs; `put(index, text)` fills in a translation as it is written. */
export function sideBySide(article, language) {
  const rows = article.paragraphs.map((paragraph) => row(paragraph.text, "", article, language, paragraph.kind));
  for (const { cell } of rows) cell.classList.add("pending");
  const put = (index, text) => {
    rows[index].cell.textContent = text;
    rows[index].cell.classList.remove("pending");
  };
  return { node: table(rows, article, language), put };
}

/** A finished translation, sentence by sentence, with the warnings of each. */
export function translationOf(result, article) {
  const language = result.target_language;
  const pairs = result.sentences;
  const rows = pairs.map((pair, index) => {
    const kind = article.paragraphs[pair.index]?.kind;
    const begins = pair.index !== pairs[index - 1]?.index;
    const tableRow = row(pair.source, pair.target, article, language, begins ? `${kind} begins` : kind);
    tableRow.cell.append(...notices(pair).map((notice) => warning(notice)));
    return tableRow;
  });
  return [table(rows, article, language), copyButton(t("translation"), () => result.texts.join("\n\n"))];
}

function row(original, translated, article, language, kind) {
  const cell = el("td", langAttributes(language), translated);
  return { cell, node: el("tr", { class: kind }, el("td", langAttributes(article.language), original), cell) };
}

function table(rows, article, language) {
  const heads = [`${t("original")}: ${languageName(article.language)}`, languageName(language)].map((heading) => el("th", { scope: "col" }, heading));
  return el("table", { class: "pairs" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.map((tableRow) => tableRow.node)));
}
