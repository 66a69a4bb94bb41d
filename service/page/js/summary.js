// A summary: each sentence leads to its evidence in the article, and carries its warnings.

import { clearHighlight, highlight, paragraphAt, quoteOf } from "./article.js";
import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { hasMessage, t, langAttributes } from "./words.js";

/** What stands of a summary while it is written. */
export const summaryDraft = (language, texts) =>
  el("p", { class: "summary writing", ...langAttributes(language) }, texts.map((text) => [el("span", {}, text), " "]));

/** A whole summary in a language. */
export function summaryOf(answer, language, style) {
  const listed = style === "bullets";
  const sentences = answer.sentences.map((sentence, at) => whole(sentence, `${language}-${at}`));
  const body = listed
    ? el("ul", { class: "summary", ...langAttributes(language) }, sentences.map((parts) => el("li", {}, parts)))
    : el("p", { class: `summary ${style}`, ...langAttributes(language) }, sentences.map((parts) => [parts, " "]));
  return [body, el("p", {}, notices(answer).map((notice) => warning(notice))), copyButton(t("summary"), () => answer.summary)];
}

function whole(sentence, id) {
  const doubts = notices(sentence).map((notice, at) => warning(notice, `doubt-${id}-${at}`));
  const ids = doubts.map((doubt) => doubt.id);
  const method = hasMessage(`method_${sentence.method}`) ? el("small", { class: "method" }, ` ${t(`method_${sentence.method}`)}`) : null;
  return [sentence.evidence.length ? link(sentence, id, ids) : bare(sentence, ids), method, ...doubts];
}

function link(sentence, id, doubts) {
  const place = paragraphAt(sentence.evidence);
  const quote = el("span", { class: "unseen", id: `evidence-${id}` }, `${t("evidence")}: ${quoteOf(sentence.evidence)}`);
  const show = () => highlight(sentence.evidence);
  const sign = el("a", {
    class: doubts.length ? "sentence doubtful" : "sentence", id: `sentence-${id}`, href: `#${place?.id ?? "article"}`,
    "aria-describedby": [quote.id, ...doubts].join(" "),
    onmouseenter: show, onfocus: show, onmouseleave: leave, onblur: leave,
    onclick: (event) => goTo(event, place, sign, show),
  }, sentence.text);
  return [sign, quote];
}

/** The light goes out with the pointer or the focus, but not for those who followed it into the article. */
function leave() {
  if (!document.querySelector(".back")) clearHighlight();
}

const bare = (sentence, doubts) =>
  el("span", { class: "sentence unsupported", title: t("no_evidence"), "aria-describedby": doubts.join(" ") || null }, sentence.text);

/** Follows the link to the evidence, lit, with a way back behind it. */
function goTo(event, place, from, show) {
  event.preventDefault();
  document.querySelector(".back")?.remove();
  if (!place) return;
  const back = el("a", {
    class: "back", href: `#${from.id}`, "aria-label": t("back"),
    onclick: (click) => { click.preventDefault(); from.focus(); }, // which takes the focus, and so the way back, away
    onblur: () => { back.remove(); clearHighlight(); },
  }, "↩");
  place.after(back);
  back.focus({ preventScroll: true });
  place.scrollIntoView({ block: "center" });
  show();
}
