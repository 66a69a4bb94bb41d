// Copy buttons.

import { el, announce } from "./dom.js";
import { t } from "./i18n.js";

/** A button that copies the result of `text()`. `what` describes it to screen readers. */
export function copyButton(what, text) {
  const button = el("button", {
    type: "button", class: "copy", "aria-label": t("copy_what", { what }),
    onclick: async () => {
      await copy(text());
      button.textContent = t("copied");
      announce(t("copied"));
      setTimeout(() => { button.textContent = t("copy"); }, 1600);
    },
  }, t("copy"));
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // insecure context or no permission: fall back to the older API
    const box = el("textarea", { class: "visually-hidden" });
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
