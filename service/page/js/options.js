// The form of options: formats, languages, length, style and notification profile.

import { get } from "./api.js";
import { byId, checkedValues, el } from "./dom.js";
import { formatScores, measuredFor, selectedModel } from "./models.js";
import { hasMessage, languageName, profiles, t } from "./i18n.js";

const CHOICES = ["length", "style", "profile"];
const ORIGINAL = ""; // the article's own language
const SUGGESTED = 6; // languages shown at first

let supported = { languages: [], measured: [] };
let source = null;
const selected = new Set([ORIGINAL]);
const added = new Set();

/** The tags of the languages that the model supports. */
export const languages = () => supported.languages.map((entry) => entry.language);

/** Updates the form for an article in a language (null: no article yet). */
export async function showOptions(language = source) {
  source = language;
  const model = selectedModel();
  supported = await get(`v1/languages${model ? `?model=${encodeURIComponent(model)}` : ""}`).catch(() => supported);
  drawProfiles();
  drawLanguages();
}

function drawProfiles() {
  const select = byId("profile");
  if (select.options.length) return;
  for (const [name, { title_max, body_max }] of Object.entries(profiles)) {
    const label = hasMessage(`profile_${name}`) ? t(`profile_${name}`) : name;
    select.append(el("option", { value: name }, `${label} (${title_max} + ${body_max})`));
  }
}

function drawLanguages() {
  const pageLanguage = document.documentElement.lang;
  const measured = supported.measured.map((direction) => direction.target);
  const suggested = [...new Set([pageLanguage, ...measured, "en", "fr", "es", "ar", "zh", "de"])].filter((tag) => languages().includes(tag) && tag !== source);
  const tags = [...new Set([...suggested.slice(0, SUGGESTED), ...added])];
  byId("languages").replaceChildren(pill(ORIGINAL), ...tags.map(pill));
  byId("known").replaceChildren(...languages().map((tag) => el("option", { value: languageName(tag) }, tag)));
}

function pill(tag) {
  const box = el("input", { type: "checkbox", name: "language", value: tag, checked: selected.has(tag),
    onchange: () => (box.checked ? selected.add(tag) : selected.delete(tag)) });
  const name = tag === ORIGINAL ? t("as_written") + (source ? `: ${languageName(source)}` : "") : languageName(tag);
  const measured = tag && source && measuredFor(supported.measured, source, tag);
  const note = tag && source ? el("small", {}, measured ? formatScores(measured) : t("unmeasured")) : null;
  return el("label", { class: "pill" }, box, el("span", {}, name, note && [" ", note]));
}

/** Adds a language by its name or tag; returns false if the model does not support it. */
export function addLanguage(typed) {
  const name = typed.trim().toLocaleLowerCase();
  const tag = languages().find((one) => [one, languageName(one)].some((known) => known.toLocaleLowerCase() === name));
  if (!tag) return false;
  added.add(tag);
  selected.add(tag);
  drawLanguages();
  return true;
}

/** The selected options: {formats, targets, length, style, profile}. */
export function readOptions() {
  const form = byId("options");
  const tags = checkedValues(form, "language").map((tag) => tag || source);
  return {
    formats: checkedValues(form, "format"),
    targets: [...new Set(tags)],
    ...Object.fromEntries(CHOICES.map((name) => [name, form.elements.namedItem(name).value])),
  };
}

/** Restores saved options. */
export function restoreOptions(saved) {
  const form = byId("options");
  for (const box of form.querySelectorAll('[name="format"]')) box.checked = saved.formats.includes(box.value);
  for (const name of CHOICES) form.elements.namedItem(name).value = saved[name];
  selected.clear();
  for (const tag of saved.targets) {
    selected.add(tag === source ? ORIGINAL : tag);
    if (tag !== source) added.add(tag);
  }
  drawLanguages();
}
