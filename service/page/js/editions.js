// The editions: a section for each language, a part for each format, filled as the service writes.

import { stream } from "./api.js";
import { articleText } from "./article.js";
import { blurbDraft, blurbOf } from "./blurb.js";
import { byId, el } from "./dom.js";
import { modelFor } from "./models.js";
import { problemBox } from "./problem.js";
import { summaryDraft, summaryOf } from "./summary.js";
import { sideBySide, translationOf } from "./translation.js";
import { hasMessage, languageName, number, t } from "./words.js";

const HEADINGS = { summary: "summary", blurb: "blurbs", translation: "translation" };

/** The formats of an order that a language can have: an article is not translated to its own language. */
const formatsOf = (article, wanted, language) =>
  wanted.formats.filter((format) => format !== "translation" || language !== article.language);

/** Draws an empty part for each language and format. */
export function outline(article, wanted) {
  const sections = wanted.targets.map((language) =>
    el("section", { class: "edition", id: `edition-${language}`, "aria-labelledby": `heading-${language}` },
      el("h2", { id: `heading-${language}` }, languageName(language)),
      formatsOf(article, wanted, language).map((format) =>
        el("div", { class: `part ${format}-part`, id: `${format}-of-${language}`, "aria-busy": "true" },
          el("div", { class: "over" }, el("h3", {}, t(HEADINGS[format])), el("p", { class: "provenance" })), el("div", { class: "content" }, el("p", { class: "waiting" }, t("waiting")))))));
  byId("editions").replaceChildren(...sections);
}

const part = (format, language) => document.getElementById(`${format}-of-${language}`);

function fill(format, language, nodes, busy = false) {
  const box = part(format, language);
  box?.setAttribute("aria-busy", String(busy));
  box?.querySelector(".content").replaceChildren(...nodes.flat(Infinity).filter(Boolean));
}

/** Draws a finished part; its answer may have been kept from before. */
export function finish(format, language, answer, article, wanted) {
  const drawn = {
    summary: () => summaryOf(answer, language, wanted.style),
    blurb: () => blurbOf(answer, wanted.profile),
    translation: () => translationOf(answer, article),
  };
  fill(format, language, [answer.failed ? problemBox(answer.failed) : drawn[format]()]);
}

/** Says over a part which model wrote it, and how long that took. */
function sign(format, language, { model, timings_ms }) {
  const seconds = number(timings_ms.total / 1000, { maximumFractionDigits: 1 });
  const words = t("written_by", { model: model.split("/").pop(), seconds });
  part(format, language)?.querySelector(".provenance").replaceChildren(words);
}

/** One call for the summaries and blurbs of all languages: the article is read, langAttributes about and checked once. */
function editionsCall(article, wanted) {
  const formats = wanted.formats.filter((format) => format !== "translation");
  const texts = {};
  const done = new Set();
  return {
    formats, languages: wanted.targets, path: "v1/editions",
    body: {
      text: articleText(article), source_language: article.language, ...(article.title ? { title: article.title } : {}),
      target_languages: wanted.targets, formats, model: modelFor("summarise", "translate"),
      summary: { length: wanted.length, style: wanted.style }, blurb: { profile: wanted.profile, alternatives: 3 },
    },
    draft: ({ target_language: language = article.language, title, text }) => {
      if (title) return ["blurb", language, blurbDraft(language, title, text)];
      (texts[language] ??= []).push(text);
      return ["summary", language, summaryDraft(language, texts[language])];
    },
    answers: (event, data) => {
      const whole = { edition: [data], result: data.editions ?? [] }[event] ?? []; // kept answers come as a result alone
      const fresh = whole.filter((edition) => !done.has(edition.target_language));
      for (const edition of fresh) done.add(edition.target_language);
      return fresh.flatMap((edition) => editionParts(edition, formats));
    },
  };
}

function editionParts(edition, formats) {
  const language = edition.target_language;
  const failed = (format) => ({ failed: edition.failures.find((failure) => failure.format === format)?.error });
  return formats.map((format) => [format, language, edition[format] ?? failed(format)]);
}

/** One call for all translations, paragraph by paragraph. */
function translationCall(article, languages) {
  const tables = {};
  return {
    formats: ["translation"], languages, path: "v1/translations",
    body: { texts: article.paragraphs.map((one) => one.text), source_language: article.language, target_languages: languages, model: modelFor("translate") },
    draft: ({ target_language: language, index, text }) => {
      const table = (tables[language] ??= sideBySide(article, language));
      table.put(index, text);
      return ["translation", language, table.node];
    },
    answers: (event, data) => (event === "result" ? translationParts(data) : []),
  };
}

const translationParts = (result) => [
  ...result.translations.map((one) => ["translation", one.target_language, one]),
  ...(result.failures ?? []).map((one) => ["translation", one.target_language, { failed: one.error }]),
];

function calls(article, wanted) {
  const others = wanted.targets.filter((language) => language !== article.language);
  return [
    ...(wanted.formats.some((format) => format !== "translation") ? [editionsCall(article, wanted)] : []),
    ...(wanted.formats.includes("translation") && others.length ? [translationCall(article, others)] : []),
  ];
}

/** Writes the editions. `on.progress(words)` is told of steps, `on.answer(format, language, answer)` of what is done. */
export async function write(article, wanted, on, signal) {
  let failed = null;
  for (const call of calls(article, wanted)) {
    try {
      await follow(call, article, wanted, on, signal);
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      failed = problem;
      for (const format of call.formats) for (const language of call.languages) fill(format, language, [problemBox(problem, on.again)]);
    }
  }
  return failed;
}

async function follow(call, article, wanted, on, signal) {
  on.progress(t("step_waiting"));
  for await (const { event, data } of stream(call.path, call.body, signal)) {
    if (event === "progress") on.progress(stepWords(data, call));
    if (event === "delta") {
      const [format, language, node] = call.draft(data);
      fill(format, language, [node], true);
    }
    for (const [format, language, answer] of call.answers(event, data)) {
      finish(format, language, answer, article, wanted);
      on.answer(format, language, answer);
    }
    if (event === "result") for (const format of call.formats) for (const language of call.languages) sign(format, language, data);
  }
}

function stepWords({ step, done, total }, call) {
  const what = call.formats.map((format) => t(HEADINGS[format])).join(", ");
  const language = step === "editions" ? languageName(call.languages[done] ?? call.languages[0]) : call.languages.map(languageName).join(", ");
  return t(hasMessage(`step_${step}`) ? `step_${step}` : "step_writing", { what, language, done, total });
}

/** What was being langAttributes when somebody stopped it: no longer busy, and no more waited for. */
export function settle() {
  for (const box of document.querySelectorAll('.part[aria-busy="true"]')) {
    box.setAttribute("aria-busy", "false");
    box.querySelector(".waiting")?.replaceChildren("–");
  }
}
