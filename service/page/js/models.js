// The models: the state of the default ones, and a list of all to choose from.

import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { formatBytes, formatNumber, languageName, t } from "./i18n.js";

const STEPS = { fetch: "engine_fetch", verify: "engine_verify", convert: "engine_convert", load: "engine_load" };
const POLL_MS = 1000; // while a model is not ready

let timer = null;
let known = { models: [], defaults: {}, loading: null };

/** Shows the state of the default models, and polls until they are ready. */
export async function pollModels() {
  const pending = await get("v1/models").then(
    (response) => { known = response; return showStates(); },
    () => { showState("failed", t("engine_unreachable")); return true; },
  );
  clearTimeout(timer);
  if (pending) timer = setTimeout(pollModels, POLL_MS);
}

function showStates() {
  const ids = new Set(Object.values(known.defaults));
  const models = known.models.filter((model) => ids.has(model.id));
  const failed = models.find((model) => model.state === "failed");
  const loading = models.find((model) => model.state === "loading");
  if (failed) showState("failed", `${t("engine_failed")}: ${failed.error}`);
  else if (loading || known.loading) showState("loading", describeLoading(known.loading), known.loading);
  else if (models.every((model) => model.state === "ready")) showState("ready", t("engine_ready"));
  else showState("unloaded", t("engine_unloaded"));
  showSelected();
  return Boolean(failed || loading || known.loading);
}

function describeLoading(loading) {
  if (!loading) return t("engine_loading");
  const percent = formatNumber(loading.done / loading.total, { style: "percent" });
  return t(STEPS[loading.stage], { done: formatBytes(loading.done), total: formatBytes(loading.total), percent });
}

function showState(state, message, loading = null) {
  const box = byId("engine");
  if (box.dataset.state === state && box.textContent === message) return;
  box.dataset.state = state;
  const bar = state === "loading" && el("progress", { "aria-label": message, ...(loading ? { value: loading.done, max: loading.total } : {}) });
  box.replaceChildren(...[el("span", {}, message), bar].filter(Boolean));
}

/** Shows the selected model's name, licence and memory. `bdi` isolates their text directions. */
function showSelected() {
  const model = selectedCard() ?? known.models.find((model) => model.id === known.defaults.summaries);
  const parts = model ? [model.id.split("/").pop(), model.licence, t("memory", { size: formatBytes(model.memory_needed_bytes) })] : [];
  byId("chosen").replaceChildren(...parts.flatMap((part, index) => [index ? " · " : "", el("bdi", {}, part)]));
}

/** The id of the selected model; null for the service's default. */
export const selectedModel = () => document.querySelector("#cards input:checked")?.value || null;

/** The id of the selected model if it supports all the tasks; null for the service's default. */
export const modelFor = (...tasks) => (tasks.every((task) => selectedCard()?.tasks.includes(task)) ? selectedModel() : null);

const selectedCard = () => known.models.find((model) => model.id === selectedModel());

/** Lists the models, with scores from `source` to `targets`. Calls `onChange` when the user selects one. */
export async function showModels(source, targets, onChange) {
  known = await get("v1/models");
  const selected = selectedModel() ?? "";
  const select = (event) => { showSelected(); onChange(event); };
  const cards = await Promise.all(known.models.map(async (model) =>
    card(model, await get(`v1/languages?model=${encodeURIComponent(model.id)}`).catch(() => ({ measured: [] })), { source, targets, selected, select })));
  byId("cards").replaceChildren(
    el("label", { class: "card" }, radio("", selected, select), el("span", {}, el("b", {}, t("by_default")), " ", el("small", { dir: "ltr" }, [...new Set(Object.values(known.defaults))].join(", ")))),
    ...cards);
}

const radio = (id, selected, select) => el("input", { type: "radio", name: "model", value: id, checked: id === selected, onchange: select });

function card(model, { measured }, { source, targets, selected, select }) {
  return el("label", { class: "card" }, radio(model.id, selected, select),
    el("span", {},
      el("b", { dir: "ltr" }, model.id), " ", el("small", { lang: "en", dir: "ltr" }, model.title),
      el("span", { class: "facts" },
        el("span", { class: model.commercial_use ? "fact" : "fact caution" }, `${t("licence")}: ${model.licence}`, model.commercial_use ? null : ` (${t("not_commercial")})`),
        el("span", { class: "fact" }, t("memory", { size: formatBytes(model.memory_needed_bytes) })),
        el("span", { class: "fact" }, t("download", { size: formatBytes(model.download_bytes) })),
        el("span", { class: model.state === "ready" ? "fact ready" : "fact" }, t(`state_${model.state}`))),
      quality(measured, source, targets)));
}

/** The scores from the article's language to the targets; all directions if there is no article. */
function quality(measured, source, targets) {
  const directions = measured.filter((one) => !source || (sameLanguage(one.source, source) && targets.some((target) => sameLanguage(one.target, target))));
  const lines = directions.map((one) => `${languageName(one.source)} → ${languageName(one.target)} ${formatScores(one)}`);
  return el("small", { class: "quality" }, `${source ? t("quality", { source: languageName(source) }) : t("quality_all")}: ${lines.join(" · ") || t("unmeasured")}`);
}

const primarySubtag = (tag) => tag.split("-")[0];
const sameLanguage = (one, other) => primarySubtag(one) === primarySubtag(other);

/** Formats the scores of a direction. */
export const formatScores = (direction) =>
  direction.scores.map((score) => t("measured", { metric: { bleu: "BLEU", chrf: "chrF" }[score.metric] ?? score.metric, value: score.value })).join(", ");

/** The measured direction from one language to another. */
export const measuredFor = (measured, source, target) => measured.find((one) => sameLanguage(one.source, source) && sameLanguage(one.target, target));
