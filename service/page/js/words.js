// The page's words in its language, and names, numbers and directions as that language writes them.

const page = JSON.parse(document.getElementById("page").textContent);
const plurals = new Intl.PluralRules(page.language);
const names = new Intl.DisplayNames([page.language], { type: "language" });

export const profiles = page.profiles;
export const limits = page.limits;

/** The words of a key with `{values}` filled in; keys with plural forms are chosen by `count`. */
export function say(key, values = {}) {
  const forms = page.words[key];
  const words = typeof forms === "string" ? forms : (forms[plurals.select(values.count)] ?? forms.other);
  return words.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? number(values[name]) : values[name],
  );
}

/** Whether there are words for a key. */
export const knows = (key) => key in page.words;

/** A number as the page's language writes it. */
export const number = (value, options = {}) => new Intl.NumberFormat(page.language, options).format(value);

/** Bytes in the largest unit that leaves a number over one. */
export function size(bytes) {
  const at = bytes >= 1e9 ? ["gigabyte", 1e9, 1] : bytes >= 1e6 ? ["megabyte", 1e6, 0] : ["kilobyte", 1e3, 0];
  return number(bytes / at[1], { style: "unit", unit: at[0], maximumFractionDigits: at[2] });
}

/** A language's name in the page's language, its tag where there is none. */
export function nameOf(tag) {
  try {
    const name = names.of(tag);
    return name.charAt(0).toLocaleUpperCase(page.language) + name.slice(1);
  } catch {
    return tag;
  }
}

const RIGHT_TO_LEFT = /^(Adlm|Arab|Aran|Hebr|Mand|Mend|Nkoo|Rohg|Samr|Syrc|Thaa)$/;

/** What an element that holds text in a language must say of it. */
export function written(tag) {
  try {
    const rtl = RIGHT_TO_LEFT.test(new Intl.Locale(tag).maximize().script);
    return { lang: tag, dir: rtl ? "rtl" : "ltr" };
  } catch {
    return { lang: tag, dir: "auto" };
  }
}
