// Problems and warnings, where they apply.

import { el } from "./dom.js";
import { knows, say } from "./words.js";

const ENGLISH = { lang: "en", dir: "ltr" };

/** A problem as a box, with a button where trying again may help. */
export function problemBox(problem, again = null) {
  const own = problem.ours ? {} : ENGLISH;
  return el("div", { class: "problem" },
    el("p", {}, el("b", {}, say("problem"))),
    el("p", own, problem.detail),
    problem.hint ? el("p", { ...own, class: "hint" }, problem.hint) : null,
    again ? el("button", { type: "button", onclick: again }, say("try_again")) : null,
  );
}

/** What an answer warns of: `warnings` or `findings`, each with a kind and a message in English. */
export const notices = (answer) => [...(answer.warnings ?? []), ...(answer.findings ?? [])];

/** A warning in the flow of the text that it stands behind. */
export const warning = (notice, id = null) =>
  el("span", { class: "warning", id },
    el("span", { class: "unseen" }, `${say("warning")}: `),
    knows(notice.kind) ? el("b", {}, say(notice.kind), " ") : null,
    el("span", ENGLISH, notice.message),
  );
