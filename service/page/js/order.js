// What is wanted of the article: formats, languages, length, screen and model.

import { get } from "./api.js";
import { byId, checked, el } from "./dom.js";
import { chosen, measuredFor, scores } from "./models.js";
import { knows, nameOf, profiles, say } from "./words.js";

const CHOICES = ["length", "style", "profile"];
const AS_WRITTEN = "";
const FIRST = 6; // languages that are shown before any is asked for

let offered = { languages: [], measured: [] };
let source = null;
const wanted = new Set([AS_WRITTEN]);
const added = new Set();

/** The languages that the model knows, as tags. */
export const languages = () => offered.languages.map((one) => one.language);

/** Shows the form for an article in a language (null: none was read yet). */
export async function showOrder(language = source) {
  source = language;
  const model = chosen();
  offered = await get(`v1/languages${model ? `?model=${encodeURIComponent(model)}` : ""}`).catch(() => offered);
  drawProfiles();
  drawLanguages();
}

function drawProfiles() {
  const select = byId("profile");
  if (select.options.length) return;
  for (const [name, { title_max, body_max }] of Object.entries(profiles)) {
    const words = knows(`profile_${name}`) ? say(`profile_${name}`) : name;
    select.append(el("option", { value: name }, `${words} (${title_max} + ${body_max})`));
  }
}

function drawLanguages() {
  const here = document.documentElement.lang;
  const measured = offered.measured.map((one) => one.target);
  const first = [...new Set([here, ...measured, "en", "fr", "es", "ar", "zh", "de"])].filter((tag) => languages().includes(tag) && tag !== source);
  const tags = [...new Set([...first.slice(0, FIRST), ...added])];
  byId("languages").replaceChildren(pill(AS_WRITTEN), ...tags.map(pill));
  byId("known").replaceChildren(...languages().map((tag) => el("option", { value: nameOf(tag) }, tag)));
}

function pill(tag) {
  const box = el("input", { type: "checkbox", name: "language", value: tag, checked: wanted.has(tag),
    onchange: () => (box.checked ? wanted.add(tag) : wanted.delete(tag)) });
  const name = tag === AS_WRITTEN ? say("as_written") + (source ? `: ${nameOf(source)}` : "") : nameOf(tag);
  const measured = tag && source && measuredFor(offered.measured, source, tag);
  const note = tag && source ? el("small", {}, measured ? scores(measured) : say("unmeasured")) : null;
  return el("label", { class: "pill" }, box, el("span", {}, name, note && [" ", note]));
}

/** Adds the language that was typed, by its name or tag; returns whether the model knows it. */
export function addLanguage(typed) {
  const name = typed.trim().toLocaleLowerCase();
  const tag = languages().find((one) => [one, nameOf(one)].some((word) => word.toLocaleLowerCase() === name));
  if (!tag) return false;
  added.add(tag);
  wanted.add(tag);
  drawLanguages();
  return true;
}

/** What was chosen: {formats, targets, length, style, profile}, with the article's own language by its tag. */
export function order() {
  const form = byId("order");
  const tags = checked(form, "language").map((tag) => tag || source);
  return {
    formats: checked(form, "format"),
    targets: [...new Set(tags)],
    ...Object.fromEntries(CHOICES.map((name) => [name, form.elements.namedItem(name).value])),
  };
}

/** Takes up choices that were kept. */
export function restore(kept) {
  const form = byId("order");
  for (const box of form.querySelectorAll('[name="format"]')) box.checked = kept.formats.includes(box.value);
  for (const name of CHOICES) form.elements.namedItem(name).value = kept[name];
  wanted.clear();
  for (const tag of kept.targets) {
    wanted.add(tag === source ? AS_WRITTEN : tag);
    if (tag !== source) added.add(tag);
  }
  drawLanguages();
}
