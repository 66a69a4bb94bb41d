// The extracted article, and the highlights of a sentence's evidence.

import { byId, el } from "./dom.js";
import { langAttributes, languageName, t } from "./i18n.js";

const SEPARATOR = "\n\n";
const TAGS = { heading: "h4", quote: "blockquote", list_item: "p", prose: "p" };
const evidence = globalThis.Highlight && new Highlight();
if (evidence) CSS.highlights.set("evidence", evidence);

let paragraphs = []; // [{node, start, text}]; `start` is the paragraph's first character in articleText()

/** The text that is sent to the service: the article's paragraphs, without what was removed. */
export const articleText = (article) => article.paragraphs.map((paragraph) => paragraph.text).join(SEPARATOR);

/** Shows the article. Calls `onReset` to load another one, and `onLanguageChange(tag)` when the user corrects the language. */
export function showArticle(article, { languages, onReset, onLanguageChange }) {
  const nodes = article.paragraphs.map((paragraph, index) =>
    el(TAGS[paragraph.kind] ?? "p", {
      id: `paragraph-${index}`, class: paragraph.kind, tabindex: -1,
      ...(paragraph.language ? langAttributes(paragraph.language) : {}),
    }, paragraph.text));
  let start = 0;
  paragraphs = nodes.map((node) => {
    const paragraph = { node, start, text: node.firstChild };
    start += [...node.textContent].length + SEPARATOR.length;
    return paragraph;
  });
  byId("article").replaceChildren(
    el("header", {}, facts(article, languages, onLanguageChange), el("button", { type: "button", class: "quiet", onclick: onReset }, t("another_article"))),
    el("div", { class: "body", ...langAttributes(article.language), tabindex: 0, role: "region", "aria-label": t("article_text") },
      article.title ? el("h3", { class: "title" }, article.title) : null,
      article.byline || article.date ? el("p", { class: "byline" }, [article.byline, article.date].filter(Boolean).join(" · ")) : null,
      nodes),
    ...removedItems(article.removed),
  );
}

function facts(article, languages, onLanguageChange) {
  const tags = [...new Set([article.language, ...languages])];
  const choice = el("select", { id: "article-language", onchange: (event) => onLanguageChange(event.target.value) },
    tags.map((tag) => el("option", { value: tag, selected: tag === article.language }, tag === "und" ? "?" : languageName(tag))));
  const segmenter = new Intl.Segmenter(article.language === "und" ? "en" : article.language, { granularity: "word" });
  const words = [...segmenter.segment(articleText(article))].filter((segment) => segment.isWordLike).length;
  return el("p", {}, el("label", { for: "article-language" }, t("article_language")), " ", choice, " ", el("span", {}, t("words", { count: words })));
}

function removedItems(removed) {
  if (!removed.length) return [];
  const list = removed.map((item) => el("li", {}, el("span", { dir: "auto" }, item.text), " ", el("small", { lang: "en" }, item.why)));
  return [el("details", { class: "removed" }, el("summary", {}, t("removed", { count: removed.length })), el("ul", {}, list))];
}

/** The paragraph in which the first of the spans begins. */
export const paragraphAt = (spans) => paragraphs.findLast((paragraph) => spans.length && paragraph.start <= spans[0].start)?.node ?? null;

/** The text that the spans cover. */
export const quoteOf = (spans) => ranges(spans).map(String).join(" … ");

/** Highlights spans, and scrolls the article (not the page) to the first one. */
export function highlight(spans) {
  clearHighlight();
  const highlighted = ranges(spans);
  for (const range of highlighted) {
    evidence?.add(range);
    range.startContainer.parentElement.classList.add("highlighted");
  }
  const [body, first] = [document.querySelector("#article .body"), highlighted[0]?.getBoundingClientRect()];
  if (!body || !first || body.scrollHeight <= body.clientHeight) return;
  const frame = body.getBoundingClientRect();
  if (first.top < frame.top || first.bottom > frame.bottom) body.scrollTop += first.top - frame.top - frame.height / 3;
}

/** Removes the highlights. */
export function clearHighlight() {
  evidence?.clear();
  for (const { node } of paragraphs) node.classList.remove("highlighted");
}

/** DOM ranges of spans. Spans count code points, the DOM counts UTF-16 units; a span may cross paragraphs. */
function ranges(spans) {
  const result = [];
  for (const { start, end } of spans) {
    for (const paragraph of paragraphs) {
      const characters = [...paragraph.text.data];
      const [from, to] = [Math.max(start - paragraph.start, 0), Math.min(end - paragraph.start, characters.length)];
      if (from >= to) continue;
      const range = document.createRange();
      range.setStart(paragraph.text, characters.slice(0, from).join("").length);
      range.setEnd(paragraph.text, characters.slice(0, to).join("").length);
      result.push(range);
    }
  }
  return result;
}
