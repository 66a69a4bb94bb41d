// Drawings of lock screens.

import { el } from "./dom.js";
import { formatNumber, t, langAttributes } from "./i18n.js";

const MARK = "L";

/** Two lock screens with a notification; `update(title, body)` changes its text. */
export function lockScreens(language) {
  const screens = [ios(language), android(language)];
  return {
    nodes: screens.map((screen) => screen.node),
    update(title, body) {
      for (const screen of screens) {
        screen.node.setAttribute("aria-label", t(screen.label, { title, body }));
        screen.title.textContent = title;
        screen.body.textContent = body;
      }
    },
  };
}

function lines(language) {
  return {
    title: el("b", { class: "notice-title", ...langAttributes(language) }),
    body: el("span", { class: "notice-body", ...langAttributes(language) }),
  };
}

function ios(language) {
  const { title, body } = lines(language);
  const node = el("div", { class: "phone ios", role: "img" },
    el("span", { class: "date" }, today()),
    el("span", { class: "clock" }, clock("9:41")),
    el("div", { class: "notice" },
      el("span", { class: "app-icon" }, MARK),
      el("div", { class: "notice-text" }, el("span", { class: "notice-head" }, title, el("small", {}, t("now"))), body)));
  return { node, title, body, label: "on_ios" };
}

function android(language) {
  const { title, body } = lines(language);
  const node = el("div", { class: "phone android", role: "img" },
    el("span", { class: "clock" }, clock("9:41")),
    el("span", { class: "date" }, today()),
    el("div", { class: "notice" },
      el("span", { class: "app-icon" }, MARK),
      el("div", { class: "notice-text" }, el("small", { class: "notice-head" }, `${t("app")} · ${t("now")}`), title, body)));
  return { node, title, body, label: "on_android" };
}

const today = () =>
  new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", day: "numeric", month: "long" }).format(new Date());

const clock = (time) => time.replace(/\d+/g, (part) => formatNumber(Number(part)));
