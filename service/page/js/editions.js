// The editions: a section per language and a part per format, filled while the service writes.

import { stream } from "./api.js";
import { articleText } from "./article.js";
import { blurbDraft, blurbOf } from "./blurb.js";
import { byId, el } from "./dom.js";
import { modelFor } from "./models.js";
import { problemBox } from "./problem.js";
import { summaryDraft, summaryOf } from "./summary.js";
import { sideBySide, translationOf } from "./translation.js";
import { formatNumber, hasMessage, languageName, t } from "./i18n.js";

const HEADINGS = { summary: "summary", blurb: "blurbs", translation: "translation" };

/** The formats of a language: an article is not translated into its own language. */
const formatsOf = (article, options, language) =>
  options.formats.filter((format) => format !== "translation" || language !== article.language);

/** Draws an empty part for each language and format. */
export function outline(article, options) {
  const sections = options.targets.map((language) =>
    el("section", { class: "edition", id: `edition-${language}`, "aria-labelledby": `heading-${language}` },
      el("h2", { id: `heading-${language}` }, languageName(language)),
      formatsOf(article, options, language).map((format) =>
        el("div", { class: `part ${format}-part`, id: `${format}-of-${language}`, "aria-busy": "true" },
          el("div", { class: "part-heading" }, el("h3", {}, t(HEADINGS[format])), el("p", { class: "provenance" })), el("div", { class: "content" }, el("p", { class: "waiting" }, t("waiting")))))));
  byId("editions").replaceChildren(...sections);
}

const part = (format, language) => document.getElementById(`${format}-of-${language}`);

function fill(format, language, nodes, busy = false) {
  const box = part(format, language);
  box?.setAttribute("aria-busy", String(busy));
  box?.querySelector(".content").replaceChildren(...nodes.flat(Infinity).filter(Boolean));
}

/** Shows the result of a part, or why it failed. */
export function finish(format, language, result, article, options) {
  const render = {
    summary: () => summaryOf(result, article, language, options.style),
    blurb: () => blurbOf(result, options.profile),
    translation: () => translationOf(result, article),
  };
  fill(format, language, [result.failed ? problemBox(result.failed) : render[format]()]);
}

/** Shows which model wrote a part, and how long it took. */
function showProvenance(format, language, { model, timings_ms }) {
  const seconds = formatNumber(timings_ms.total / 1000, { maximumFractionDigits: 1 });
  const message = t("written_by", { model: model.split("/").pop(), seconds });
  part(format, language)?.querySelector(".provenance").replaceChildren(message);
}

/** One request for the summaries and notifications of all languages. */
function editionsRequest(article, options) {
  const formats = options.formats.filter((format) => format !== "translation");
  const texts = {};
  const done = new Set();
  return {
    formats, languages: options.targets, path: "v1/editions",
    body: {
      text: articleText(article), source_language: article.language, ...(article.title ? { title: article.title } : {}),
      target_languages: options.targets, formats, model: modelFor("summarise", "translate"),
      summary: { length: options.length, style: options.style }, blurb: { profile: options.profile, alternatives: 3 },
    },
    draft: ({ target_language: language = article.language, title, text }) => {
      if (title) return ["blurb", language, blurbDraft(language, title, text)];
      (texts[language] ??= []).push(text);
      return ["summary", language, summaryDraft(language, texts[language])];
    },
    results: (event, data) => {
      const editions = { edition: [data], result: data.editions ?? [] }[event] ?? []; // a cached response has only `result`
      const added = editions.filter((edition) => !done.has(edition.target_language));
      for (const edition of added) done.add(edition.target_language);
      return added.flatMap((edition) => editionParts(edition, formats));
    },
  };
}

function editionParts(edition, formats) {
  const language = edition.target_language;
  const failed = (format) => ({ failed: edition.failures.find((failure) => failure.format === format)?.error });
  return formats.map((format) => [format, language, edition[format] ?? failed(format)]);
}

/** One request for all translations, paragraph by paragraph. */
function translationRequest(article, languages) {
  const tables = {};
  return {
    formats: ["translation"], languages, path: "v1/translations",
    body: { texts: article.paragraphs.map((paragraph) => paragraph.text), source_language: article.language, target_languages: languages, model: modelFor("translate") },
    draft: ({ target_language: language, index, text }) => {
      const table = (tables[language] ??= sideBySide(article, language));
      table.put(index, text);
      return ["translation", language, table.node];
    },
    results: (event, data) => (event === "result" ? translationParts(data) : []),
  };
}

const translationParts = (result) => [
  ...result.translations.map((translation) => ["translation", translation.target_language, translation]),
  ...(result.failures ?? []).map((failure) => ["translation", failure.target_language, { failed: failure.error }]),
];

function requests(article, options) {
  const others = options.targets.filter((language) => language !== article.language);
  return [
    ...(options.formats.some((format) => format !== "translation") ? [editionsRequest(article, options)] : []),
    ...(options.formats.includes("translation") && others.length ? [translationRequest(article, others)] : []),
  ];
}

/** Requests the editions. Calls `onProgress(message)` and `onResult(format, language, result)`; returns the last problem. */
export async function write(article, options, handlers, signal) {
  let failed = null;
  for (const request of requests(article, options)) {
    try {
      await follow(request, article, options, handlers, signal);
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      failed = problem;
      for (const format of request.formats) for (const language of request.languages) fill(format, language, [problemBox(problem, handlers.onRetry)]);
    }
  }
  return failed;
}

async function follow(request, article, options, { onProgress, onResult }, signal) {
  onProgress(t("step_waiting"));
  for await (const { event, data } of stream(request.path, request.body, signal)) {
    if (event === "progress") onProgress(describeStep(data, request));
    if (event === "delta") {
      const [format, language, node] = request.draft(data);
      fill(format, language, [node], true);
    }
    for (const [format, language, result] of request.results(event, data)) {
      finish(format, language, result, article, options);
      onResult(format, language, result);
    }
    if (event === "result") for (const format of request.formats) for (const language of request.languages) showProvenance(format, language, data);
  }
}

function describeStep({ step, done, total }, request) {
  const what = request.formats.map((format) => t(HEADINGS[format])).join(", ");
  const language = step === "editions" ? languageName(request.languages[done] ?? request.languages[0]) : request.languages.map(languageName).join(", ");
  return t(hasMessage(`step_${step}`) ? `step_${step}` : "step_writing", { what, language, done, total });
}

/** Marks the unfinished parts as no longer busy, after a stop. */
export function settle() {
  for (const box of document.querySelectorAll('.part[aria-busy="true"]')) {
    box.setAttribute("aria-busy", "false");
    box.querySelector(".waiting")?.replaceChildren("–");
  }
}
