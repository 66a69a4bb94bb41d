// Calls a service with libretranslate-ts and prints the responses as JSON. Arguments: address and text.
import client from "libretranslate-ts/dist/bundle.cjs.js";

const { libreTranslate } = client;
const [address, text] = process.argv.slice(2);
libreTranslate.setApiEndpoint(address);
console.log(
  JSON.stringify({
    languages: await libreTranslate.listLanguages(),
    detected: await libreTranslate.detect(text),
    translated: await libreTranslate.translate(text, "auto", "fr", 2),
    refused: await libreTranslate.translate(text, "en", "xx"),
  }),
);
