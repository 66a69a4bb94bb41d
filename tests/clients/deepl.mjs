// deepl-node against a service: its address is the argument, its answers go out as JSON.
import * as deepl from "deepl-node";

const [address, lead, figures] = process.argv.slice(2);
const client = new deepl.DeepLClient("any-key", { serverUrl: address, maxRetries: 1, minTimeout: 5000 });
const refused = await client.translateText(lead, null, "cy").catch((error) => error.message);
console.log(
  JSON.stringify({
    one: await client.translateText(lead, null, "fr"),
    several: await client.translateText([lead, figures], "en", "fr", { splitSentences: "nonewlines" }),
    sources: await client.getSourceLanguages(),
    targets: await client.getTargetLanguages(),
    usage: await client.getUsage(),
    refused,
  }),
);
