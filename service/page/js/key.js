// The API key, where the desk asks for one. It is kept for this tab only.

import { el } from "./dom.js";
import { say } from "./words.js";

const KEPT = "lede-key";
let asking = null;

/** The header that carries the key. */
export function key() {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? { Authorization: `Bearer ${kept}` } : {};
}

/** Asks for a key because of a problem; true once there is another, false where somebody would not give one. */
export function askForKey(problem) {
  asking ??= new Promise((resolve) => draw(problem, resolve)).finally(() => { asking = null; });
  return asking;
}

function draw(problem, resolve) {
  const box = el("input", { type: "password", id: "key", required: true, autocomplete: "off", dir: "ltr" });
  const close = (given) => {
    if (given) sessionStorage.setItem(KEPT, given);
    dialog.remove();
    resolve(Boolean(given));
  };
  const form = el("form", { onsubmit: (event) => { event.preventDefault(); close(box.value.trim()); } },
    el("h2", { id: "key-heading" }, say("key_wanted")),
    el("p", {}, say("key_hint"), " ", el("small", { lang: "en", dir: "ltr" }, problem.detail)),
    el("label", { for: "key" }, say("key")), box,
    el("p", { class: "act" }, el("button", { type: "submit", class: "primary" }, say("key_use")),
      el("button", { type: "button", onclick: () => close(null) }, say("key_none"))));
  const dialog = el("dialog", { "aria-labelledby": "key-heading", oncancel: () => close(null) }, form);
  document.body.append(dialog);
  dialog.showModal();
}
