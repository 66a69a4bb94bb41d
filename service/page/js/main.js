// The way of an editor: give an article, say what is wanted, read what was written.

import { showArticle } from "./article.js";
import { byId, tell } from "./dom.js";
import { finish, outline, settle, write } from "./editions.js";
import { showModels, watchEngine } from "./models.js";
import { addLanguage, languages, order, restore, showOrder } from "./order.js";
import { Problem } from "./api.js";
import { problemBox } from "./problem.js";
import { onFile, readArticle } from "./source.js";
import { say } from "./words.js";

const KEPT = "lede-desk";

let article = null;
let wanted = null;
let answers = {}; // by `format language`: what was written, kept over a reload
let reading = null;
let writing = null;

const phase = (name) => { document.body.dataset.phase = name; };
const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ text: byId("text").value, article, wanted, answers }));

async function take(source) {
  reading?.abort();
  reading = new AbortController();
  phase("reading");
  byId("source-problem").replaceChildren();
  byId("progress").textContent = say("reading");
  try {
    await show(await readArticle(source, reading.signal), source);
    keep();
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    phase(article ? "ready" : "empty");
    byId("progress").textContent = "";
    byId("source-problem").replaceChildren(problemBox(error));
    return false;
  }
}

async function show(read, source) {
  article = read;
  await showOrder(read.language);
  showArticle(read, {
    languages: languages(),
    edit: another,
    change: (language) => take({ ...source, text: source.text ?? read.source, language }),
  });
  byId("article").hidden = false;
  phase("ready");
  byId("progress").textContent = "";
  tell(byId("article").querySelector("header p").textContent);
}

function another() {
  writing?.abort();
  article = null;
  answers = {};
  phase("empty");
  byId("article").hidden = true;
  for (const id of ["editions", "problem", "progress"]) byId(id).replaceChildren();
  showOrder(null);
  byId("text").focus();
  byId("text").select();
  keep();
}

async function writeAll() {
  byId("problem").replaceChildren();
  if (!article && !(await take({ text: byId("text").value }))) return;
  wanted = order();
  if (!wanted.formats.length || !wanted.targets.length) {
    byId("problem").replaceChildren(problemBox(new Problem({ detail: say("nothing_chosen"), ours: true })));
    return;
  }
  answers = {};
  writing?.abort();
  writing = new AbortController();
  working(true);
  outline(article, wanted);
  document.querySelector(".act").scrollIntoView({ block: "start" });
  try {
    const failed = await write(article, wanted, told, writing.signal);
    phase(failed ? "failed" : "done");
    byId("progress").textContent = failed ? "" : say("done", { count: wanted.targets.length });
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    settle();
    phase("stopped");
    byId("progress").textContent = say("stopped");
  } finally {
    working(false);
    keep();
  }
}

const told = {
  progress: (words) => { byId("progress").textContent = words; watchEngine(); },
  answer: (format, language, answer) => { answers[`${format} ${language}`] = answer; keep(); },
  again: () => writeAll(),
};

function working(now) {
  if (now) phase("writing");
  const [write, cancel] = [byId("write"), byId("cancel")];
  const held = document.activeElement === write || document.activeElement === cancel;
  write.hidden = now;
  cancel.hidden = !now;
  if (held) (now ? cancel : write).focus();
}

/** What this tab held before it was loaded anew, or its language changed. */
async function back() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  byId("text").value ||= kept?.text ?? "";
  if (!kept?.article) return showOrder(null);
  await show(kept.article, { text: kept.text });
  if (!kept.wanted) return undefined;
  wanted = kept.wanted;
  answers = kept.answers;
  restore(wanted);
  outline(article, wanted);
  for (const [name, answer] of Object.entries(answers)) finish(...name.split(" "), answer, article, wanted);
  settle();
  return phase("done");
}

/** The desk, or its state where the address ends in #admin; that part is loaded only then. */
async function view() {
  const admin = location.hash === "#admin";
  byId("admin").hidden = !admin;
  document.querySelector(".work").hidden = admin;
  const { openAdmin, closeAdmin } = await import("./admin.js");
  if (admin) await openAdmin();
  else closeAdmin();
}

byId("source").addEventListener("submit", (event) => { event.preventDefault(); take({ text: byId("text").value }); });
byId("link").addEventListener("submit", (event) => { event.preventDefault(); take({ url: byId("url").value }); });
byId("order").addEventListener("submit", (event) => { event.preventDefault(); writeAll(); });
byId("cancel").addEventListener("click", () => writing?.abort());
byId("text").addEventListener("paste", () => setTimeout(() => take({ text: byId("text").value })));
byId("text").addEventListener("input", keep);
byId("sample").addEventListener("click", async () => {
  byId("text").value = await (await fetch("assets/sample.txt")).text();
  take({ text: byId("text").value });
});
byId("another").addEventListener("change", (event) => {
  const typed = event.target.value;
  const problem = new Problem({ detail: say("unknown_language", { name: typed }), ours: true });
  const unknown = typed.trim() && !addLanguage(typed);
  byId("problem").replaceChildren(...(unknown ? [problemBox(problem)] : []));
  if (!unknown) event.target.value = "";
});
byId("models").addEventListener("toggle", () => {
  if (byId("models").open) showModels(article?.language, order().targets, () => showOrder());
});
addEventListener("hashchange", view);
onFile(byId("file"), byId("drop"), (file) => take({ file }));
watchEngine();
back();
if (location.hash === "#admin") view();
