// A push blurb: its lines to edit with live counts, the lock screens they stand on, and the payloads to copy.

import { copyButton } from "./copy.js";
import { el } from "./dom.js";
import { notices, warning } from "./problem.js";
import { lockScreens } from "./screens.js";
import { limits, profiles, say, written } from "./words.js";

const SERVICES = { apns: "APNs", fcm: "FCM", webpush: "Web Push", sms: "SMS" };

/** A blurb while it is written. */
export const blurbDraft = (language, title, body) =>
  el("p", { class: "writing", ...written(language) }, el("b", {}, title), " ", body);

/** A whole blurb under the limits of a profile. */
export function blurbOf(answer, profile) {
  const language = answer.target_language;
  const screens = lockScreens(language);
  const payloads = Object.keys(answer.payloads).map((service) => payloadRow(service, language));
  const lines = {
    title: line("title", answer.title, profiles[profile].title_max, language),
    body: line("body", answer.body, profiles[profile].body_max, language),
  };
  const update = () => {
    const [title, body] = [lines.title.update(), lines.body.update()];
    screens.update(title, body);
    const by = { [answer.title]: title, [answer.body]: body, [`${answer.title}: ${answer.body}`]: `${title}: ${body}` };
    for (const row of payloads) row.update(replaced(answer.payloads[row.service], by));
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
        el("div", {}, lines.title.node, lines.body.node, notices(answer).map((notice) => warning(notice)), alternatives(answer, choose)),
        el("ul", { class: "payloads" }, payloads.map((row) => row.node))),
      el("div", { class: "phones" }, screens.nodes)),
  ];
}

function line(name, text, limit, language) {
  const id = `${name}-${language}`;
  const count = el("output", { for: id, class: "count" });
  const box = el("textarea", { id, rows: name === "title" ? 1 : 3, ...written(language) });
  box.value = text;
  const update = () => {
    const length = graphemes(box.value, language);
    count.textContent = say("count", { count: length, limit });
    count.classList.toggle("too-many", length > limit);
    box.setAttribute("aria-invalid", String(length > limit));
    return box.value;
  };
  return { box, update, node: el("div", { class: "line" }, el("label", { for: id }, say(name)), count, box) };
}

const graphemes = (text, language) => [...new Intl.Segmenter(language, { granularity: "grapheme" }).segment(text)].length;

function payloadRow(service, language) {
  const name = SERVICES[service] ?? service;
  const bytes = el("output", { class: "count" });
  const shown = el("pre", { dir: "ltr", tabindex: 0, role: "region", "aria-label": say("payload", { service: `${name}, ${language}` }) });
  const update = (payload) => {
    const count = new TextEncoder().encode(JSON.stringify(payload)).length;
    const limit = limits[service];
    bytes.textContent = say(limit ? "bytes" : "bytes_plain", { count, limit });
    bytes.classList.toggle("too-many", count > limit);
    shown.textContent = JSON.stringify(payload, null, 2);
  };
  const copy = copyButton(say("payload", { service: `${name}, ${language}` }), () => shown.textContent);
  const node = el("li", {}, el("details", {}, el("summary", {}, el("b", {}, name), " ", bytes), shown), copy);
  return { service, node, update };
}

/** A payload with the edited lines where the written ones stood, whatever its shape. */
function replaced(value, by) {
  if (typeof value === "string") return by[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => replaced(one, by));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, replaced(inner, by)]));
}

function alternatives(answer, choose) {
  if (!answer.alternatives?.length) return null;
  const all = [{ title: answer.title, body: answer.body }, ...answer.alternatives];
  const buttons = all.map((wording) =>
    el("li", {}, el("button", { type: "button", class: "wording-choice", ...written(answer.target_language), onclick: () => choose(wording) },
      el("b", {}, wording.title), " ", wording.body)));
  return el("details", { class: "alternatives" }, el("summary", {}, say("alternatives")), el("ul", {}, buttons));
}
