// The models: how the desk's own is doing, and a choice among all with what is known of each.

import { get } from "./api.js";
import { byId, el } from "./dom.js";
import { nameOf, number, say, size } from "./words.js";

const STEPS = { fetch: "engine_fetch", verify: "engine_verify", convert: "engine_convert", load: "engine_load" };
const POLL = 1000; // milliseconds between two looks at a model that is not ready

let timer = null;
let known = { models: [], defaults: {}, loading: null };

/** Shows how the model of a task is doing, and goes on looking until it is ready. */
export async function watchEngine() {
  const again = await get("v1/models").then(
    (answer) => { known = answer; return draw(); },
    () => { showState("failed", say("engine_gone")); return true; },
  );
  clearTimeout(timer);
  if (again) timer = setTimeout(watchEngine, POLL);
}

function draw() {
  const own = new Set(Object.values(known.defaults));
  const states = known.models.filter((model) => own.has(model.id));
  const failed = states.find((model) => model.state === "failed");
  const loading = states.find((model) => model.state === "loading");
  if (failed) showState("failed", `${say("engine_failed")}: ${failed.error}`);
  else if (loading || known.loading) showState("loading", step(known.loading), known.loading);
  else if (states.every((model) => model.state === "ready")) showState("ready", say("engine_ready"));
  else showState("unloaded", say("engine_unloaded"));
  nameChosen();
  return Boolean(failed || loading || known.loading);
}

function step(loading) {
  if (!loading) return say("engine_loading");
  const percent = number(loading.done / loading.total, { style: "percent" });
  return say(STEPS[loading.stage], { done: size(loading.done), total: size(loading.total), percent });
}

function showState(state, words, loading = null) {
  const box = byId("engine");
  if (box.dataset.state === state && box.textContent === words) return;
  box.dataset.state = state;
  const bar = state === "loading" && el("progress", { "aria-label": words, ...(loading ? { value: loading.done, max: loading.total } : {}) });
  box.replaceChildren(...[el("span", {}, words), bar].filter(Boolean));
}

/** Names the model that will write; each part keeps its own direction. */
function nameChosen() {
  const model = chosenModel() ?? known.models.find((one) => one.id === known.defaults.summaries);
  const parts = model ? [model.id.split("/").pop(), model.licence, say("memory", { size: size(model.memory_needed) })] : [];
  byId("chosen").replaceChildren(...parts.flatMap((part, at) => [at ? " · " : "", el("bdi", {}, part)]));
}

/** The id of the model asked for; null leaves it to the service. */
export const chosen = () => document.querySelector("#cards input:checked")?.value || null;

/** The model that was asked for, where it does all these tasks; null leaves it to the service. */
export const chosenFor = (...tasks) => (tasks.every((task) => chosenModel()?.tasks.includes(task)) ? chosen() : null);

const chosenModel = () => known.models.find((model) => model.id === chosen());

/** Fills the list of models; `changed` is called when another is chosen. */
export async function showModels(source, targets, changed) {
  known = await get("v1/models");
  const kept = chosen() ?? "";
  const pick = (event) => { nameChosen(); changed(event); };
  const cards = await Promise.all(known.models.map(async (model) =>
    card(model, await get(`v1/languages?model=${encodeURIComponent(model.id)}`).catch(() => ({ measured: [] })), { source, targets, kept, pick })));
  byId("cards").replaceChildren(
    el("label", { class: "card" }, radio("", kept, pick), el("span", {}, el("b", {}, say("by_default")), " ", el("small", { dir: "ltr" }, [...new Set(Object.values(known.defaults))].join(", ")))),
    ...cards);
}

const radio = (id, kept, pick) => el("input", { type: "radio", name: "model", value: id, checked: id === kept, onchange: pick });

function card(model, { measured }, { source, targets, kept, pick }) {
  return el("label", { class: "card" }, radio(model.id, kept, pick),
    el("span", {},
      el("b", { dir: "ltr" }, model.id), " ", el("small", { lang: "en", dir: "ltr" }, model.title),
      el("span", { class: "facts" },
        el("span", { class: model.commercial_use ? "fact" : "fact caution" }, `${say("licence")}: ${model.licence}`, model.commercial_use ? null : ` (${say("not_commercial")})`),
        el("span", { class: "fact" }, say("memory", { size: size(model.memory_needed) })),
        el("span", { class: "fact" }, say("download", { size: size(model.download) })),
        el("span", { class: model.state === "ready" ? "fact own" : "fact" }, say(`state_${model.state}`))),
      quality(measured, source, targets)));
}

/** What was measured from the article's language to those wanted; every direction while there is no article. */
function quality(measured, source, targets) {
  const fitting = measured.filter((one) => !source || (same(one.source, source) && targets.some((target) => same(one.target, target))));
  const words = fitting.map((one) => `${nameOf(one.source)} → ${nameOf(one.target)} ${scores(one)}`);
  return el("small", { class: "quality" }, `${source ? say("quality", { source: nameOf(source) }) : say("quality_all")}: ${words.join(" · ") || say("unmeasured")}`);
}

const primary = (tag) => tag.split("-")[0];
const same = (one, other) => primary(one) === primary(other);

/** The figures of a direction, as words. */
export const scores = (direction) =>
  direction.scores.map((score) => say("measured", { metric: { bleu: "BLEU", chrf: "chrF" }[score.metric] ?? score.metric, value: score.value })).join(", ");

/** The direction from one language to another among those measured. */
export const measuredFor = (measured, source, target) => measured.find((one) => same(one.source, source) && same(one.target, target));
