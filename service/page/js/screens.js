// Lock screens, drawn.

import { el } from "./dom.js";
import { number, say, written } from "./words.js";

const MARK = "L";

/** The two lock screens with a notification on each; `update(title, body)` writes it anew. */
export function lockScreens(language) {
  const screens = [ios(language), android(language)];
  return {
    nodes: screens.map((screen) => screen.node),
    update(title, body) {
      for (const screen of screens) {
        screen.node.setAttribute("aria-label", say(screen.label, { title, body }));
        screen.title.textContent = title;
        screen.body.textContent = body;
      }
    },
  };
}

function lines(language) {
  return {
    title: el("b", { class: "notice-title", ...written(language) }),
    body: el("span", { class: "notice-body", ...written(language) }),
  };
}

function ios(language) {
  const { title, body } = lines(language);
  const node = el("div", { class: "phone ios", role: "img" },
    el("span", { class: "date" }, today()),
    el("span", { class: "clock" }, clock("9:41")),
    el("div", { class: "notice" },
      el("span", { class: "app-icon" }, MARK),
      el("div", { class: "notice-text" }, el("span", { class: "notice-head" }, title, el("small", {}, say("now"))), body)));
  return { node, title, body, label: "on_ios" };
}

function android(language) {
  const { title, body } = lines(language);
  const node = el("div", { class: "phone android", role: "img" },
    el("span", { class: "clock" }, clock("9:41")),
    el("span", { class: "date" }, today()),
    el("div", { class: "notice" },
      el("span", { class: "app-icon" }, MARK),
      el("div", { class: "notice-text" }, el("small", { class: "notice-head" }, `${say("app")} · ${say("now")}`), title, body)));
  return { node, title, body, label: "on_android" };
}

const today = () =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" }).format(new Date());

const clock = (time) => time.replace(/\d+/g, (part) => number(Number(part)));
