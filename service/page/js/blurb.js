// A push notification: editable lines with character counts, previews on lock screens, and payloads to copy.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { lockScreens } from "./screens.js";
import { langAttributes, limits, profiles, t } from "./i18n.js";

const SERVICES = { apns: "APNs", fcm: "FCM", webpush: "Web Push", sms: "SMS" };

/** A notification that is still being written. */
export const blurbDraft = (language, title, body) =>
  el("p", { class: "writing", ...langAttributes(language) }, el("b", {}, title), " ", body);

/** A finished notification, with the limits of a profile. */
export function blurbOf(result, profile) {
  const language = result.target_language;
  const screens = lockScreens(language);
  const payloads = Object.keys(result.payloads).map((service) => payloadRow(service, language));
  const lines = {
    title: line("title", result.title, profiles[profile].title_max, language),
    body: line("body", result.body, profiles[profile].body_max, language),
  };
  const update = () => {
    const [title, body] = [lines.title.update(), lines.body.update()];
    screens.update(title, body);
    const replacements = { [result.title]: title, [result.body]: body, [`${result.title}: ${result.body}`]: `${title}: ${body}` };
    for (const row of payloads) row.update(replaceTexts(result.payloads[row.service], replacements));
  };
  const choose = (wording) => {
    lines.title.box.value = wording.title;
    lines.body.box.value = wording.body;
    update();
  };
  for (const { box } of Object.values(lines)) box.addEventListener("input", update);
  update();
  return [
    el("div", { class: "blurb" },
      el("div", { class: "wording" },
        el("div", {}, lines.title.node, lines.body.node, notices(result).map((notice) => warning(notice)), alternatives(result, choose)),
        el("ul", { class: "payloads" }, payloads.map((row) => row.node))),
      el("div", { class: "phones" }, screens.nodes)),
  ];
}

function line(name, text, limit, language) {
  const id = `${name}-${language}`;
  const count = el("output", { for: id, class: "count" });
  const box = el("textarea", { id, rows: name === "title" ? 1 : 3, ...langAttributes(language) });
  box.value = text;
  const update = () => {
    const length = graphemes(box.value, language);
    count.textContent = t("count", { count: length, limit });
    count.classList.toggle("too-many", length > limit);
    box.setAttribute("aria-invalid", String(length > limit));
    return box.value;
  };
  return { box, update, node: el("div", { class: "line" }, el("label", { for: id }, t(name)), count, box) };
}

const graphemes = (text, language) => [...new Intl.Segmenter(language, { granularity: "grapheme" }).segment(text)].length;

function payloadRow(service, language) {
  const name = SERVICES[service] ?? service;
  const bytes = el("output", { class: "count" });
  const json = el("pre", { dir: "ltr", tabindex: 0, role: "region", "aria-label": t("payload", { service: `${name}, ${language}` }) });
  const update = (payload) => {
    const count = new TextEncoder().encode(JSON.stringify(payload)).length;
    const limit = limits[service];
    bytes.textContent = t(limit ? "bytes" : "bytes_plain", { count, limit });
    bytes.classList.toggle("too-many", count > limit);
    json.textContent = JSON.stringify(payload, null, 2);
  };
  const copy = copyButton(t("payload", { service: `${name}, ${language}` }), () => json.textContent);
  const node = el("li", {}, el("details", {}, el("summary", {}, el("b", {}, name), " ", bytes), json), copy);
  return { service, node, update };
}

/** Replaces the original lines by the edited ones, anywhere in a payload. */
function replaceTexts(value, replacements) {
  if (typeof value === "string") return replacements[value] ?? value;
  if (Array.isArray(value)) return value.map((item) => replaceTexts(item, replacements));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaceTexts(inner, replacements)]));
}

function alternatives(result, choose) {
  if (!result.alternatives?.length) return null;
  const all = [{ title: result.title, body: result.body }, ...result.alternatives];
  const buttons = all.map((wording) =>
    el("li", {}, el("button", { type: "button", class: "wording-choice", ...langAttributes(result.target_language), onclick: () => choose(wording) },
      el("b", {}, wording.title), " ", wording.body)));
  return el("details", { class: "alternatives" }, el("summary", {}, t("alternatives")), el("ul", {}, buttons));
}
