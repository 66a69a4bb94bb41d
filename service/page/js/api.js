// Requests to the service: JSON in, JSON or server-sent events out. Every failure is a Problem.

import { keyHeader, promptForKey } from "./key.js";
import { t } from "./i18n.js";

const KEY_REQUIRED = [401, 403];

/** An error of the service (RFC 9457): `detail` says what happened, `hint` what to do. */
export class Problem extends Error {
  constructor({ detail, hint = "", status = 0, localized = false }) {
    super(detail);
    this.detail = detail;
    this.hint = hint;
    this.status = status;
    this.localized = localized; // in the page's language; the service writes English
  }
}

export const unreachable = () =>
  new Problem({ detail: t("unreachable"), hint: t("unreachable_hint"), localized: true });

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: { ...options.headers, ...keyHeader() } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  const problem = new Problem(await response.json().catch(() => ({ detail: response.statusText, status: response.status })));
  if (KEY_REQUIRED.includes(response.status) && (await promptForKey(problem))) return request(path, options);
  throw problem;
}

export const get = async (path, signal) => (await request(path, { signal })).json();

export const text = async (path) => (await request(path)).text();

const json = (body) => ({
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(body),
});

export const post = async (path, body, signal) => (await request(path, { ...json(body), signal })).json();

/** Posts a file as the request's body. */
export const postFile = async (path, file, type, signal) =>
  (await request(path, { method: "POST", headers: { "Content-Type": type }, body: file, signal })).json();

/** Yields the events of a streamed response as {event, data}, `result` last. Throws a Problem on `error` or a cut connection. */
export async function* stream(path, body, signal) {
  const response = await request(path, { ...json({ ...body, stream: true }), signal });
  let complete = false;
  for await (const block of blocks(response.body.pipeThrough(new TextDecoderStream()).getReader())) {
    const message = fields(block);
    if (message.event === "error") throw new Problem(message.data);
    if (message.event) yield message;
    complete ||= message.event === "result";
  }
  if (!complete) throw unreachable();
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
