// The page's main flow: load an article, choose options, write the editions and show them.

import { showArticle } from "./article.js";
import { announce, byId } from "./dom.js";
import { finish, outline, settle, write } from "./editions.js";
import { pollModels, showModels } from "./models.js";
import { addLanguage, languages, readOptions, restoreOptions, showOptions } from "./options.js";
import { Problem } from "./api.js";
import { problemBox } from "./problem.js";
import { onFile, readArticle } from "./source.js";
import { t } from "./i18n.js";

const STORAGE_KEY = "lede-desk";

let article = null;
let options = null;
let results = {}; // by `format language`; restored after a reload
let reading = null; // AbortController
let writing = null; // AbortController

const setPhase = (name) => { document.body.dataset.phase = name; };
const save = () => sessionStorage.setItem(STORAGE_KEY, JSON.stringify({ text: byId("text").value, article, options, results }));

async function loadArticle(source) {
  reading?.abort();
  reading = new AbortController();
  setPhase("reading");
  byId("source-problem").replaceChildren();
  byId("progress").textContent = t("reading");
  try {
    await display(await readArticle(source, reading.signal), source);
    save();
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    setPhase(article ? "ready" : "empty");
    byId("progress").textContent = "";
    byId("source-problem").replaceChildren(problemBox(error));
    return false;
  }
}

async function display(loaded, source) {
  article = loaded;
  await showOptions(article.language);
  showArticle(article, {
    languages: languages(),
    onReset: reset,
    onLanguageChange: (language) => loadArticle({ ...source, text: source.text ?? article.source, language }),
  });
  byId("article").hidden = false;
  setPhase("ready");
  byId("progress").textContent = "";
  announce(byId("article").querySelector("header p").textContent);
}

function reset() {
  writing?.abort();
  article = null;
  results = {};
  setPhase("empty");
  byId("article").hidden = true;
  for (const id of ["editions", "problem", "progress"]) byId(id).replaceChildren();
  showOptions(null);
  byId("text").focus();
  byId("text").select();
  save();
}

async function writeAll() {
  byId("problem").replaceChildren();
  if (!article && !(await loadArticle({ text: byId("text").value }))) return;
  options = readOptions();
  if (!options.formats.length || !options.targets.length) {
    byId("problem").replaceChildren(problemBox(new Problem({ detail: t("nothing_chosen"), localized: true })));
    return;
  }
  results = {};
  writing?.abort();
  writing = new AbortController();
  setBusy(true);
  outline(article, options);
  document.querySelector(".act").scrollIntoView({ block: "start" });
  try {
    const failed = await write(article, options, handlers, writing.signal);
    setPhase(failed ? "failed" : "done");
    byId("progress").textContent = failed ? "" : t("done", { count: options.targets.length });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    settle();
    setPhase("stopped");
    byId("progress").textContent = t("stopped");
  } finally {
    setBusy(false);
    save();
  }
}

const handlers = {
  onProgress: (message) => { byId("progress").textContent = message; pollModels(); },
  onResult: (format, language, result) => { results[`${format} ${language}`] = result; save(); },
  onRetry: () => writeAll(),
};

function setBusy(busy) {
  if (busy) setPhase("writing");
  const [write, cancel] = [byId("write"), byId("cancel")];
  const hadFocus = [write, cancel].includes(document.activeElement);
  write.hidden = busy;
  cancel.hidden = !busy;
  if (hadFocus) (busy ? cancel : write).focus();
}

/** Restores the tab's state after a reload or a change of the page's language. */
async function restoreSession() {
  const saved = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? "null");
  byId("text").value ||= saved?.text ?? "";
  if (!saved?.article) return showOptions(null);
  await display(saved.article, { text: saved.text });
  if (!saved.options) return undefined;
  options = saved.options;
  results = saved.results;
  restoreOptions(options);
  outline(article, options);
  for (const [name, result] of Object.entries(results)) finish(...name.split(" "), result, article, options);
  settle();
  return setPhase("done");
}

/** Shows the status view if the address ends in #admin, and loads its code only then. */
async function showView() {
  const admin = location.hash === "#admin";
  byId("admin").hidden = !admin;
  document.querySelector(".work").hidden = admin;
  const { openAdmin, closeAdmin } = await import("./admin.js");
  if (admin) await openAdmin();
  else closeAdmin();
}

byId("source").addEventListener("submit", (event) => { event.preventDefault(); loadArticle({ text: byId("text").value }); });
byId("link").addEventListener("submit", (event) => { event.preventDefault(); loadArticle({ url: byId("url").value }); });
byId("options").addEventListener("submit", (event) => { event.preventDefault(); writeAll(); });
byId("cancel").addEventListener("click", () => writing?.abort());
byId("text").addEventListener("paste", () => setTimeout(() => loadArticle({ text: byId("text").value })));
byId("text").addEventListener("input", save);
byId("sample").addEventListener("click", async () => {
  byId("text").value = await (await fetch("assets/sample.txt")).text();
  loadArticle({ text: byId("text").value });
});
byId("another").addEventListener("change", (event) => {
  const typed = event.target.value;
  const problem = new Problem({ detail: t("unknown_language", { name: typed }), localized: true });
  const unknown = typed.trim() && !addLanguage(typed);
  byId("problem").replaceChildren(...(unknown ? [problemBox(problem)] : []));
  if (!unknown) event.target.value = "";
});
byId("models").addEventListener("toggle", () => {
  if (byId("models").open) showModels(article?.language, readOptions().targets, () => showOptions());
});
addEventListener("hashchange", showView);
onFile(byId("file"), byId("drop"), (file) => loadArticle({ file }));
pollModels();
restoreSession();
if (location.hash === "#admin") showView();
