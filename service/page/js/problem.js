// Problems and warnings, drawn next to what they concern.

import { el } from "./dom.js";
import { hasMessage, t } from "./i18n.js";

const ENGLISH = { lang: "en", dir: "ltr" };

/** A box that shows a problem; with `retry`, it has a button to try again. */
export function problemBox(problem, retry = null) {
  const attributes = problem.localized ? {} : ENGLISH;
  return el("div", { class: "problem" },
    el("p", {}, el("b", {}, t("problem"))),
    el("p", attributes, problem.detail),
    problem.hint ? el("p", { ...attributes, class: "hint" }, problem.hint) : null,
    retry ? el("button", { type: "button", onclick: retry }, t("try_again")) : null,
  );
}

/** The warnings and findings of a result, each with a kind and a message in English. */
export const notices = (result) => [...(result.warnings ?? []), ...(result.findings ?? [])];

/** A warning, to be placed after the text that it concerns. */
export const warning = (notice, id = null) =>
  el("span", { class: "warning", id },
    el("span", { class: "visually-hidden" }, `${t("warning")}: `),
    hasMessage(notice.kind) ? el("b", {}, t(notice.kind), " ") : null,
    el("span", ENGLISH, notice.message),
  );
