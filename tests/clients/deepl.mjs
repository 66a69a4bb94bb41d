// Calls a service with deepl-node and prints the responses as JSON. Arguments: address and two texts.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as deepl from "deepl-node";

const [address, lead, figures] = process.argv.slice(2);
const client = new deepl.DeepLClient("any-key", { serverUrl: address, maxRetries: 1, minTimeout: 5000 });
const glossary = await client.createGlossary("Desk", "en", "fr", new deepl.GlossaryEntries({ entries: { lede: "chapô" } }));
const entries = (await client.getGlossaryEntries(glossary)).entries();
await client.deleteGlossary(glossary);

const handle = await client.uploadDocument(Buffer.from(lead), null, "fr", { filename: "a.txt" });
let status = await client.getDocumentStatus(handle);
while (!status.done() && status.ok()) status = await client.getDocumentStatus(handle);
const folder = await mkdtemp(join(tmpdir(), "lede-"));
await client.downloadDocument(handle, join(folder, "a.txt"));
const document = await readFile(join(folder, "a.txt"), "utf-8");
await rm(folder, { recursive: true });

const refused = await client.translateText(lead, null, "cy").catch((error) => error.message);
console.log(
  JSON.stringify({
    one: await client.translateText(lead, null, "fr"),
    several: await client.translateText([lead, figures], "en", "fr", { splitSentences: "nonewlines" }),
    sources: await client.getSourceLanguages(),
    targets: await client.getTargetLanguages(),
    usage: await client.getUsage(),
    entries,
    document,
    refused,
  }),
);
