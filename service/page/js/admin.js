// The live status of the service for its operators: models, queue, cache, jobs and keys.

import { get, text } from "./api.js";
import { chart } from "./chart.js";
import { byId, el } from "./dom.js";
import { samples, sum } from "./metrics.js";
import { problemBox } from "./problem.js";
import { formatBytes, t } from "./i18n.js";

const INTERVAL = 2; // seconds
let timer = null;

/** Opens the view and refreshes it until it is closed. Prompts for an admin's key if the service has keys. */
export async function openAdmin() {
  const box = byId("admin");
  const charts = {
    requests: chart(t("rate_requests"), INTERVAL, { maximumFractionDigits: 1 }),
    depth: chart(t("depth"), INTERVAL),
    tokens: chart(t("rate_tokens"), INTERVAL, { maximumFractionDigits: 0 }),
    cache: chart(t("cache_hits"), INTERVAL, { style: "percent" }),
  };
  const [models, jobs, keys] = ["models", "jobs", "keys"].map((name) => el("div", { id: `admin-${name}` }));
  try {
    drawKeys(keys, (await get("v1/keys")).keys);
    box.replaceChildren(
      el("h2", { tabindex: -1, id: "admin-heading" }, t("admin")), el("a", { class: "button", href: "#" }, t("admin_close")),
      el("div", { class: "charts" }, Object.values(charts).map((item) => item.node)),
      el("h3", {}, t("admin_models")), models, el("h3", {}, t("admin_jobs")), jobs, el("h3", {}, t("admin_keys")), keys);
    byId("admin-heading").focus();
    clearTimeout(timer);
    refresh({ charts, models, jobs, previous: null });
  } catch (problem) {
    box.replaceChildren(problemBox(problem, openAdmin), el("a", { class: "button", href: "#" }, t("admin_close")));
  }
}

/** Stops refreshing. */
export const closeAdmin = () => clearTimeout(timer);

async function refresh(view) {
  const [models, metrics, jobs] = await Promise.allSettled([get("v1/models"), text("metrics"), get("v1/jobs")]);
  if (models.status === "fulfilled") drawModels(view.models, models.value);
  if (metrics.status === "fulfilled") drawMetrics(view, samples(metrics.value));
  if (jobs.status === "fulfilled") drawJobs(view.jobs, jobs.value.jobs);
  if (!byId("admin").hidden) timer = setTimeout(refresh, INTERVAL * 1000, view);
}

function drawMetrics(view, metrics) {
  const counts = {
    at: performance.now() / 1000,
    requests: sum(metrics, "lede_requests_total"),
    tokens: sum(metrics, "lede_queue_written_total"),
    lookups: sum(metrics, "lede_cache_lookups_total"),
    hits: sum(metrics, "lede_cache_lookups_total", (labels) => labels.found !== "none") ?? 0,
  };
  view.charts.depth.add(sum(metrics, "lede_queue_rows", (labels) => labels.state !== "running"));
  view.charts.cache.add(counts.lookups ? counts.hits / counts.lookups : null);
  if (view.previous) {
    const rate = (name) => (counts[name] === null ? null : Math.max(0, counts[name] - (view.previous[name] ?? 0)) / (counts.at - view.previous.at));
    view.charts.requests.add(rate("requests"));
    view.charts.tokens.add(rate("tokens"));
  }
  view.previous = counts;
}

function drawJobs(box, jobs) {
  const rows = jobs.map((job) => el("tr", {},
    el("th", { scope: "row", dir: "ltr" }, job.id.slice(0, 8)),
    el("td", {}, el("span", { class: "fact", lang: "en" }, job.state)),
    el("td", {}, el("progress", { value: job.done + job.failed, max: job.total, "aria-label": job.id.slice(0, 8) })),
    el("td", {}, t("count", { count: job.done + job.failed, limit: job.total }))));
  box.replaceChildren(rows.length ? el("table", {}, el("tbody", {}, rows)) : el("p", {}, t("no_jobs")));
}

function drawModels(box, { models }) {
  const active = models.filter((model) => model.state !== "unloaded");
  box.replaceChildren(el("table", {}, el("tbody", {}, (active.length ? active : models).map((model) => el("tr", {},
    el("th", { scope: "row", dir: "ltr" }, model.id),
    el("td", {}, el("span", { class: `fact ${model.state === "ready" ? "ready" : ""}` }, t(`state_${model.state}`))),
    el("td", {}, t("memory_used", { size: formatBytes(model.memory_bytes) })),
    el("td", {}, t("users", { count: model.active_requests })),
    el("td", {}, model.last_used ? t("last_use", { when: new Date(model.last_used).toLocaleTimeString(document.documentElement.lang) }) : ""),
  )))));
}

function drawKeys(box, keys) {
  const valid = keys.filter((key) => !key.revoked);
  box.replaceChildren(valid.length
    ? el("table", {}, el("tbody", {}, valid.map((key) => el("tr", {},
      el("th", { scope: "row" }, key.name), el("td", {}, el("span", { lang: "en" }, key.scope)), el("td", {}, t("characters", { count: key.characters_used }))))))
    : el("p", {}, t("no_keys")));
}
