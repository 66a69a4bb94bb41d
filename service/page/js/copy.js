// Buttons that copy.

import { el, tell } from "./dom.js";
import { say } from "./words.js";

/** A button that copies what `text()` gives; `what` names it for those who do not see where it stands. */
export function copyButton(what, text) {
  const button = el("button", {
    type: "button", class: "copy", "aria-label": say("copy_what", { what }),
    onclick: async () => {
      await copy(text());
      button.textContent = say("copied");
      tell(say("copied"));
      setTimeout(() => { button.textContent = say("copy"); }, 1600);
    },
  }, say("copy"));
  return button;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no secure context, or no permission: the way from before there was a clipboard API
    const box = el("textarea", { class: "unseen" });
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
}
