// A summary, in which each sentence links to its evidence and shows its warnings.

import { clearHighlight, highlight, paragraphAt, quoteOf } from "./article.js";
import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { hasMessage, langAttributes, t } from "./i18n.js";

/** The sentences of a summary that have been written so far. */
export const summaryDraft = (language, texts) =>
  el("p", { class: "summary writing", ...langAttributes(language) }, texts.map((text) => [el("span", {}, text), " "]));

/** A finished summary. */
export function summaryOf(result, article, language, style) {
  const sentences = result.sentences.map((sentence, index) => sentenceNodes(sentence, `${language}-${index}`, methodOf(sentence, article, language)));
  const body = style === "bullets"
    ? el("ul", { class: "summary", ...langAttributes(language) }, sentences.map((nodes) => el("li", {}, nodes)))
    : el("p", { class: `summary ${style}`, ...langAttributes(language) }, sentences.map((nodes) => [nodes, " "]));
  return [body, el("p", {}, notices(result).map((notice) => warning(notice))), copyButton(t("summary"), () => result.summary)];
}

/** How a sentence was made: in another language than the article's, a sentence of the article is "translated". */
const methodOf = (sentence, article, language) =>
  sentence.method === "extracted" && language !== article.language ? "translated" : sentence.method;

function sentenceNodes(sentence, id, how) {
  const warnings = notices(sentence).map((notice, index) => warning(notice, `warning-${id}-${index}`));
  const ids = warnings.map((node) => node.id);
  const method = hasMessage(`method_${how}`) ? el("small", { class: "method" }, ` ${t(`method_${how}`)}`) : null;
  return [sentence.evidence.length ? linkedSentence(sentence, id, ids) : plainSentence(sentence, ids), method, ...warnings];
}

function linkedSentence(sentence, id, warningIds) {
  const paragraph = paragraphAt(sentence.evidence);
  const quote = el("span", { class: "visually-hidden", id: `evidence-${id}` }, `${t("evidence")}: ${quoteOf(sentence.evidence)}`);
  const show = () => highlight(sentence.evidence);
  const link = el("a", {
    class: warningIds.length ? "sentence doubtful" : "sentence", id: `sentence-${id}`, href: `#${paragraph?.id ?? "article"}`,
    "aria-describedby": [quote.id, ...warningIds].join(" "),
    onmouseenter: show, onfocus: show, onmouseleave: hide, onblur: hide,
    onclick: (event) => goToEvidence(event, paragraph, link, show),
  }, sentence.text);
  return [link, quote];
}

/** Removes the highlight, unless the user has followed the link into the article. */
function hide() {
  if (!document.querySelector(".back")) clearHighlight();
}

const plainSentence = (sentence, warningIds) =>
  el("span", { class: "sentence unsupported", title: t("no_evidence"), "aria-describedby": warningIds.join(" ") || null }, sentence.text);

/** Moves the focus to the highlighted evidence and adds a link back. */
function goToEvidence(event, paragraph, link, show) {
  event.preventDefault();
  document.querySelector(".back")?.remove();
  if (!paragraph) return;
  const back = el("a", {
    class: "back", href: `#${link.id}`, "aria-label": t("back"),
    onclick: (click) => { click.preventDefault(); link.focus(); }, // the blur event removes the link back
    onblur: () => { back.remove(); clearHighlight(); },
  }, "↩");
  paragraph.after(back);
  back.focus({ preventScroll: true });
  paragraph.scrollIntoView({ block: "center" });
  show();
}
