// The API key, if the service requires one. It is stored for this tab only.

import { el } from "./dom.js";
import { t } from "./i18n.js";

const STORAGE_KEY = "lede-key";
let prompt = null;

/** The Authorization header with the stored key. */
export function keyHeader() {
  const key = sessionStorage.getItem(STORAGE_KEY);
  return key ? { Authorization: `Bearer ${key}` } : {};
}

/** Prompts for a key after a problem. Resolves to true if the user enters one, to false if the user cancels. */
export function promptForKey(problem) {
  prompt ??= new Promise((resolve) => showDialog(problem, resolve)).finally(() => { prompt = null; });
  return prompt;
}

function showDialog(problem, resolve) {
  const box = el("input", { type: "password", id: "key", required: true, autocomplete: "off", dir: "ltr" });
  const close = (key) => {
    if (key) sessionStorage.setItem(STORAGE_KEY, key);
    dialog.remove();
    resolve(Boolean(key));
  };
  const form = el("form", { onsubmit: (event) => { event.preventDefault(); close(box.value.trim()); } },
    el("h2", { id: "key-heading" }, t("key_required")),
    el("p", {}, t("key_hint"), " ", el("small", { lang: "en", dir: "ltr" }, problem.detail)),
    el("label", { for: "key" }, t("key")), box,
    el("p", { class: "act" }, el("button", { type: "submit", class: "primary" }, t("key_use")),
      el("button", { type: "button", onclick: () => close(null) }, t("key_none"))));
  const dialog = el("dialog", { "aria-labelledby": "key-heading", oncancel: () => close(null) }, form);
  document.body.append(dialog);
  dialog.showModal();
}
