// A translation beside its original, piece by piece.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { nameOf, say, written } from "./words.js";

/** The rows of the article's paragraphs, into which translations come as they are written. */
export function sideBySide(article, language) {
  const rows = article.paragraphs.map((paragraph) => row(paragraph.text, "", article, language, paragraph.kind));
  for (const { cell } of rows) cell.classList.add("pending");
  const put = (at, text) => {
    rows[at].cell.textContent = text;
    rows[at].cell.classList.remove("pending");
  };
  return { node: table(rows, article, language), put };
}

/** A whole translation, sentence by sentence, each with its warnings. */
export function translationOf(answer, article) {
  const language = answer.target_language;
  const pairs = answer.sentences;
  const rows = pairs.map((pair, at) => {
    const kind = article.paragraphs[pair.index]?.kind;
    const begins = pair.index !== pairs[at - 1]?.index;
    const drawn = row(pair.source, pair.target, article, language, begins ? `${kind} begins` : kind);
    drawn.cell.append(...notices(pair).map((notice) => warning(notice)));
    return drawn;
  });
  return [table(rows, article, language), copyButton(say("translation"), () => answer.texts.join("\n\n"))];
}

function row(original, translated, article, language, kind) {
  const cell = el("td", written(language), translated);
  return { cell, node: el("tr", { class: kind }, el("td", written(article.language), original), cell) };
}

function table(rows, article, language) {
  const heads = [`${say("original")}: ${nameOf(article.language)}`, nameOf(language)].map((words) => el("th", { scope: "col" }, words));
  return el("table", { class: "pairs" }, el("thead", {}, el("tr", {}, heads)), el("tbody", {}, rows.map((one) => one.node)));
}
