// The article as it was read, and the light on the stretches of it that a sentence rests on.

import { byId, el } from "./dom.js";
import { nameOf, say, written } from "./words.js";

const BETWEEN = "\n\n";
const TAGS = { heading: "h4", quote: "blockquote", list_item: "p", prose: "p" };
const light = globalThis.Highlight && new Highlight();
if (light) CSS.highlights.set("evidence", light);

let shown = []; // [{node, start, text}]: where each paragraph's characters begin in what is sent

/** What is sent of an article that was read: its paragraphs, and nothing that came with them. */
export const textOf = (article) => article.paragraphs.map((paragraph) => paragraph.text).join(BETWEEN);

/** Draws the article; `edit` is called to take another, `change` with another language than was found. */
export function showArticle(article, { languages, edit, change }) {
  const nodes = article.paragraphs.map((paragraph, at) =>
    el(TAGS[paragraph.kind] ?? "p", {
      id: `paragraph-${at}`, class: paragraph.kind, tabindex: -1,
      ...(paragraph.language ? written(paragraph.language) : {}),
    }, paragraph.text));
  let start = 0;
  shown = nodes.map((node) => {
    const place = { node, start, text: node.firstChild };
    start += [...node.textContent].length + BETWEEN.length;
    return place;
  });
  byId("article").replaceChildren(
    el("header", {}, facts(article, languages, change), el("button", { type: "button", class: "quiet", onclick: edit }, say("edit"))),
    el("div", { class: "body", ...written(article.language), tabindex: 0, role: "region", "aria-label": say("article_text") },
      article.title ? el("h3", { class: "title" }, article.title) : null,
      article.byline || article.date ? el("p", { class: "byline" }, [article.byline, article.date].filter(Boolean).join(" · ")) : null,
      nodes),
    ...leftOut(article.removed),
  );
}

function facts(article, languages, change) {
  const tags = [...new Set([article.language, ...languages])];
  const choice = el("select", { id: "language-read", onchange: (event) => change(event.target.value) },
    tags.map((tag) => el("option", { value: tag, selected: tag === article.language }, tag === "und" ? "?" : nameOf(tag))));
  const count = new Intl.Segmenter(article.language === "und" ? "en" : article.language, { granularity: "word" });
  const words = [...count.segment(textOf(article))].filter((piece) => piece.isWordLike).length;
  return el("p", {}, el("label", { for: "language-read" }, say("read_as")), " ", choice, " ", el("span", {}, say("words", { count: words })));
}

function leftOut(removed) {
  if (!removed.length) return [];
  const list = removed.map((one) => el("li", {}, el("span", { dir: "auto" }, one.text), " ", el("small", { lang: "en" }, one.why)));
  return [el("details", { class: "removed" }, el("summary", {}, say("left_out", { count: removed.length })), el("ul", {}, list))];
}

/** The paragraph in which the first of some spans begins. */
export const placeOf = (spans) => shown.findLast((place) => spans.length && place.start <= spans[0].start)?.node ?? null;

/** The words of the article that spans cover. */
export const quoted = (spans) => ranges(spans).map(String).join(" … ");

/** Lights up spans of what was sent, and moves the article (not the page) so that the first is in sight. */
export function lightUp(spans) {
  darken();
  const found = ranges(spans);
  for (const range of found) {
    light?.add(range);
    range.startContainer.parentElement.classList.add("lit");
  }
  const [body, first] = [document.querySelector("#article .body"), found[0]?.getBoundingClientRect()];
  if (!body || !first || body.scrollHeight <= body.clientHeight) return;
  const frame = body.getBoundingClientRect();
  if (first.top < frame.top || first.bottom > frame.bottom) body.scrollTop += first.top - frame.top - frame.height / 3;
}

/** Puts the light out. */
export function darken() {
  light?.clear();
  for (const { node } of shown) node.classList.remove("lit");
}

/** Spans count characters (code points), the DOM counts UTF-16 units; a span may go over paragraphs. */
function ranges(spans) {
  const found = [];
  for (const { start, end } of spans) {
    for (const place of shown) {
      const letters = [...place.text.data];
      const [from, to] = [Math.max(start - place.start, 0), Math.min(end - place.start, letters.length)];
      if (from >= to) continue;
      const range = document.createRange();
      range.setStart(place.text, letters.slice(0, from).join("").length);
      range.setEnd(place.text, letters.slice(0, to).join("").length);
      found.push(range);
    }
  }
  return found;
}
