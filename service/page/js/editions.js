// The editions: a section for each language, a part for each format, filled as the service writes.

import { stream } from "./api.js";
import { textOf } from "./article.js";
import { blurbDraft, blurbOf } from "./blurb.js";
import { byId, el } from "./dom.js";
import { chosenFor } from "./models.js";
import { problemBox } from "./problem.js";
import { summaryDraft, summaryOf } from "./summary.js";
import { sideBySide, translationOf } from "./translation.js";
import { nameOf, number, say } from "./words.js";

const HEADINGS = { summary: "summary", blurb: "blurbs", translation: "translation" };

/** The formats of an order that a language can have: an article is not translated to its own language. */
const formatsOf = (article, wanted, language) =>
  wanted.formats.filter((format) => format !== "translation" || language !== article.language);

/** Draws an empty part for each language and format. */
export function outline(article, wanted) {
  const sections = wanted.targets.map((language) =>
    el("section", { class: "edition", id: `edition-${language}`, "aria-labelledby": `heading-${language}` },
      el("h2", { id: `heading-${language}` }, nameOf(language)),
      formatsOf(article, wanted, language).map((format) =>
        el("div", { class: `part ${format}-part`, id: `${format}-of-${language}`, "aria-busy": "true" },
          el("h3", {}, say(HEADINGS[format])), el("div", { class: "content" }, el("p", { class: "waiting" }, say("waiting")))))));
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
    summary: () => summaryOf(answer, wanted.style),
    blurb: () => blurbOf(answer, wanted.profile),
    translation: () => translationOf(answer, article),
  }[format]();
  const seconds = (answer.timings_ms?.total ?? 0) / 1000;
  const by = say("written_by", { model: answer.model.split("/").pop(), seconds: number(seconds, { maximumFractionDigits: 1 }) });
  fill(format, language, [drawn, el("p", { class: "colophon" }, by)]);
}

/** What one call of the service writes: its path and body, the languages it is for, and how its events are shown. */
function calls(article, wanted) {
  const common = { text: textOf(article), source_language: article.language };
  const titled = { ...common, ...(article.title ? { title: article.title } : {}) };
  const made = { summary: [], blurb: [], translation: [] };
  made.summary = wanted.targets.map((language) => ({
    format: "summary", languages: [language], path: "v1/summaries",
    body: { ...titled, target_language: language, length: wanted.length, style: wanted.style, model: chosenFor("summarise") },
    answers: (result) => [[language, result]],
    draft: drafts((texts, delta) => [language, summaryDraft(language, [...texts, delta.text])]),
  }));
  made.blurb = [{
    format: "blurb", languages: wanted.targets, path: "v1/blurbs",
    body: { ...titled, target_languages: wanted.targets, profile: wanted.profile, alternatives: 3, model: chosenFor("summarise") },
    answers: (result) => result.blurbs.map((blurb) => [blurb.target_language, { ...result, ...blurb, blurbs: undefined }]),
    draft: (delta) => [delta.target_language, blurbDraft(delta.target_language, delta.title, delta.text)],
  }];
  const others = wanted.targets.filter((language) => language !== article.language);
  if (others.length) made.translation = [translationCall(article, others)];
  return wanted.formats.flatMap((format) => made[format]);
}

function translationCall(article, languages) {
  const tables = {};
  return {
    format: "translation", languages, path: "v1/translations",
    body: { texts: article.paragraphs.map((one) => one.text), source_language: article.language, target_languages: languages, model: chosenFor("translate") },
    answers: (result) => result.translations.map((one) => [one.target_language, { ...result, ...one, translations: undefined }]),
    draft: (delta) => {
      const table = (tables[delta.target_language] ??= sideBySide(article, delta.target_language));
      table.put(delta.index, delta.text);
      return [delta.target_language, table.node];
    },
  };
}

/** A drafter that remembers the texts before. */
function drafts(draw) {
  const texts = [];
  return (delta) => {
    const drawn = draw(texts, delta);
    texts.push(delta.text);
    return drawn;
  };
}

/** Writes the editions. `on.progress(words)` is told of steps, `on.answer(format, language, answer)` of what is done. */
export async function write(article, wanted, on, signal) {
  let failed = null;
  for (const call of calls(article, wanted)) {
    try {
      await one(call, article, wanted, on, signal);
    } catch (problem) {
      if (problem.name === "AbortError") throw problem;
      failed = problem;
      for (const language of call.languages) fill(call.format, language, [problemBox(problem, on.again)]);
    }
  }
  return failed;
}

async function one(call, article, wanted, on, signal) {
  on.progress(say("step_waiting"));
  for await (const { event, data } of stream(call.path, call.body, signal)) {
    if (event === "progress") on.progress(stepWords(data, call));
    if (event === "delta") {
      const [language, node] = call.draft(data);
      fill(call.format, language, [node], true);
    }
    if (event === "result") {
      for (const [language, answer] of call.answers(data)) {
        finish(call.format, language, answer, article, wanted);
        on.answer(call.format, language, answer);
      }
    }
  }
}

const stepWords = (data, call) =>
  say(`step_${data.step}`, { what: say(HEADINGS[call.format]), language: call.languages.map(nameOf).join(", ") });

/** What was being written when somebody stopped it: no longer busy, and no more waited for. */
export function settle() {
  for (const box of document.querySelectorAll('.part[aria-busy="true"]')) {
    box.setAttribute("aria-busy", "false");
    box.querySelector(".waiting")?.replaceChildren("–");
  }
}
