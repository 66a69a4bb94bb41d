// Generates a TypeScript client from a service's OpenAPI document, compiles and uses it. Arguments: address, folder, text.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import ts from "typescript";

const [address, folder, text] = process.argv.slice(2);
const source = join(folder, "source");
const document = await (await fetch(`${address}/openapi.json`)).json();
await createClient({ input: document, output: source, plugins: ["@hey-api/client-fetch"], logs: { level: "silent" } });

const files = readdirSync(source, { recursive: true }).filter((name) => name.endsWith(".ts"));
const program = ts.createProgram(
  files.map((name) => join(source, name)),
  { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, strict: true, skipLibCheck: true, outDir: folder, types: [] },
);
program.emit();
const errors = ts.getPreEmitDiagnostics(program).map((error) => ts.flattenDiagnosticMessageText(error.messageText, "\n"));
writeFileSync(join(folder, "package.json"), '{"type": "commonjs"}');
mkdirSync(folder, { recursive: true });

const sdk = createRequire(import.meta.url)(join(folder, "index.js"));
const { client } = createRequire(import.meta.url)(join(folder, "client.gen.js"));
client.setConfig({ baseUrl: address });
const summary = await sdk.postSummaries({ body: { text, target_language: "fr" } });
const refused = await sdk.postSummaries({ body: { text: " " } });
const models = await sdk.getModels();
const file = new File(["1\n00:00:01,000 --> 00:00:02,000\n" + text + "\n"], "a.srt");
const subtitles = await sdk.postFilesTranslations({ body: { file, target_language: "fr" } });
console.log(
  JSON.stringify({
    errors,
    summary: summary.data,
    problem: refused.error,
    models: models.data.models.map((model) => model.id),
    subtitles: await new Response(subtitles.data).text(),
  }),
);
