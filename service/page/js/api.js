// The service: JSON in, JSON or server-sent events out, and every failure as a Problem.

import { askForKey, key } from "./key.js";
import { say } from "./words.js";

const REFUSED = [401, 403];

/** An error as the service tells it (RFC 9457): `detail` says what happened, `hint` what to do. */
export class Problem extends Error {
  constructor(told) {
    super(told.detail);
    this.detail = told.detail;
    this.hint = told.hint ?? "";
    this.status = told.status ?? 0;
    this.ours = told.ours ?? false; // in the page's language, and not in the service's English
  }
}

export const unreachable = () =>
  new Problem({ detail: say("unreachable"), hint: say("unreachable_hint"), ours: true });

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: { ...options.headers, ...key() } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (answer.ok) return answer;
  const problem = new Problem(await answer.json().catch(() => ({ detail: answer.statusText, status: answer.status })));
  if (REFUSED.includes(answer.status) && (await askForKey(problem))) return ask(path, options);
  throw problem;
}

export const get = async (path, signal) => (await ask(path, { signal })).json();

export const text = async (path) => (await ask(path)).text();

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const post = async (path, body, signal) => (await ask(path, { ...json(body), signal })).json();

/** A file as it is, under its own type. */
export const send = async (path, file, type, signal) =>
  (await ask(path, { method: "POST", headers: { "Content-Type": type }, body: file, signal })).json();

/** The events of a streamed answer, as {event, data}, `result` last; throws a Problem at `error`, or where it is cut off. */
export async function* stream(path, body, signal) {
  const answer = await ask(path, { ...json({ ...body, stream: true }), signal });
  let whole = false;
  for await (const block of blocks(answer.body.pipeThrough(new TextDecoderStream()).getReader())) {
    const found = fields(block);
    if (found.event === "error") throw new Problem(found.data);
    if (found.event) yield found;
    whole ||= found.event === "result";
  }
  if (!whole) throw unreachable();
}

async function* blocks(reader) {
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      const parts = (rest + (value ?? "")).split(/\r?\n\r?\n/);
      rest = done ? "" : parts.pop();
      yield* parts.filter(Boolean);
      if (done) return;
    }
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  } finally {
    reader.cancel().catch(() => {});
  }
}

function fields(block) {
  const of = (name) =>
    block.split(/\r?\n/).filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2)).join("\n");
  return { event: of("event"), data: of("data") ? JSON.parse(of("data")) : null };
}
