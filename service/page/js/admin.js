// The state of the desk, for those who look after it: models, queue, cache, jobs and keys, as they are now.

import { get, text } from "./api.js";
import { chart } from "./chart.js";
import { byId, el } from "./dom.js";
import { samples, sum } from "./metrics.js";
import { problemBox } from "./problem.js";
import { say, size } from "./words.js";

const SECONDS = 2;
let timer = null;

/** Opens the view, with an admin's key where the desk has keys, and looks every two seconds until it is closed. */
export async function openAdmin() {
  const box = byId("admin");
  const charts = {
    requests: chart(say("rate_requests"), SECONDS, { maximumFractionDigits: 1 }),
    depth: chart(say("depth"), SECONDS),
    tokens: chart(say("rate_tokens"), SECONDS, { maximumFractionDigits: 0 }),
    cache: chart(say("cache_hits"), SECONDS, { style: "percent" }),
  };
  const [models, jobs, keys] = ["models", "jobs", "keys"].map((name) => el("div", { id: `admin-${name}` }));
  try {
    drawKeys(keys, (await get("v1/keys")).keys);
    box.replaceChildren(
      el("h2", { tabindex: -1, id: "admin-heading" }, say("admin")), el("a", { class: "button", href: "#" }, say("admin_close")),
      el("div", { class: "charts" }, Object.values(charts).map((one) => one.node)),
      el("h3", {}, say("admin_models")), models, el("h3", {}, say("admin_jobs")), jobs, el("h3", {}, say("admin_keys")), keys);
    byId("admin-heading").focus();
    clearTimeout(timer);
    look({ charts, models, jobs, before: null });
  } catch (problem) {
    box.replaceChildren(problemBox(problem, openAdmin), el("a", { class: "button", href: "#" }, say("admin_close")));
  }
}

/** Stops looking. */
export const closeAdmin = () => clearTimeout(timer);

async function look(view) {
  const [known, figures, work] = await Promise.allSettled([get("v1/models"), text("metrics"), get("v1/jobs")]);
  if (known.status === "fulfilled") drawModels(view.models, known.value);
  if (figures.status === "fulfilled") drawFigures(view, samples(figures.value));
  if (work.status === "fulfilled") drawJobs(view.jobs, work.value.jobs);
  if (!byId("admin").hidden) timer = setTimeout(look, SECONDS * 1000, view);
}

function drawFigures(view, found) {
  const counts = {
    at: performance.now() / 1000,
    requests: sum(found, "lede_requests_total"),
    tokens: sum(found, "lede_queue_written_total"),
    looked: sum(found, "lede_cache_lookups_total"),
    hits: sum(found, "lede_cache_lookups_total", (labels) => labels.found !== "none") ?? 0,
  };
  view.charts.depth.add(sum(found, "lede_queue_rows", (labels) => labels.state !== "running"));
  view.charts.cache.add(counts.looked ? counts.hits / counts.looked : null);
  if (view.before) {
    const rate = (name) => (counts[name] === null ? null : Math.max(0, counts[name] - (view.before[name] ?? 0)) / (counts.at - view.before.at));
    view.charts.requests.add(rate("requests"));
    view.charts.tokens.add(rate("tokens"));
  }
  view.before = counts;
}

function drawJobs(box, jobs) {
  const rows = jobs.map((job) => el("tr", {},
    el("th", { scope: "row", dir: "ltr" }, job.id.slice(0, 8)),
    el("td", {}, el("span", { class: "fact", lang: "en" }, job.state)),
    el("td", {}, el("progress", { value: job.done + job.failed, max: job.total, "aria-label": job.id.slice(0, 8) })),
    el("td", {}, say("count", { count: job.done + job.failed, limit: job.total }))));
  box.replaceChildren(rows.length ? el("table", {}, el("tbody", {}, rows)) : el("p", {}, say("no_jobs")));
}

function drawModels(box, { models }) {
  const here = models.filter((model) => model.state !== "unloaded");
  box.replaceChildren(el("table", {}, el("tbody", {}, (here.length ? here : models).map((model) => el("tr", {},
    el("th", { scope: "row", dir: "ltr" }, model.id),
    el("td", {}, el("span", { class: `fact ${model.state === "ready" ? "own" : ""}` }, say(`state_${model.state}`))),
    el("td", {}, say("held", { size: size(model.memory) })),
    el("td", {}, say("users", { count: model.users })),
    el("td", {}, model.last_use ? say("last_use", { when: new Date(model.last_use).toLocaleTimeString(document.documentElement.lang) }) : ""),
  )))));
}

function drawKeys(box, keys) {
  const counting = keys.filter((key) => !key.revoked);
  box.replaceChildren(counting.length
    ? el("table", {}, el("tbody", {}, counting.map((key) => el("tr", {},
      el("th", { scope: "row" }, key.name), el("td", {}, el("span", { lang: "en" }, key.scope)), el("td", {}, say("characters", { count: key.characters }))))))
    : el("p", {}, say("no_keys")));
}
