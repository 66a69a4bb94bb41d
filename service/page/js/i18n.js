// The page's messages, and names, numbers and text directions, in the page's language.

const page = JSON.parse(document.getElementById("page").textContent);
const plurals = new Intl.PluralRules(page.language);
const names = new Intl.DisplayNames([page.language], { type: "language" });

export const profiles = page.profiles;
export const limits = page.limits;

/** The message of a key with `{values}` filled in. `count` selects the plural form. */
export function t(key, values = {}) {
  const forms = page.messages[key];
  const message = typeof forms === "string" ? forms : (forms[plurals.select(values.count)] ?? forms.other);
  return message.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? formatNumber(values[name]) : values[name],
  );
}

/** Whether a key has a message. */
export const hasMessage = (key) => key in page.messages;

/** Formats a number for the page's language. */
export const formatNumber = (value, options = {}) => new Intl.NumberFormat(page.language, options).format(value);

/** Formats bytes in kilobytes, megabytes or gigabytes. */
export function formatBytes(bytes) {
  const [unit, divisor, digits] = bytes >= 1e9 ? ["gigabyte", 1e9, 1] : bytes >= 1e6 ? ["megabyte", 1e6, 0] : ["kilobyte", 1e3, 0];
  return formatNumber(bytes / divisor, { style: "unit", unit, maximumFractionDigits: digits });
}

/** A language's name in the page's language, or its tag if it has no name. */
export function languageName(tag) {
  try {
    const name = names.of(tag);
    return name.charAt(0).toLocaleUpperCase(page.language) + name.slice(1);
  } catch {
    return tag;
  }
}

const RIGHT_TO_LEFT = /^(Adlm|Arab|Aran|Hebr|Mand|Mend|Nkoo|Rohg|Samr|Syrc|Thaa)$/;

/** The `lang` and `dir` attributes of an element with text in a language. */
export function langAttributes(tag) {
  try {
    const rtl = RIGHT_TO_LEFT.test(new Intl.Locale(tag).maximize().script);
    return { lang: tag, dir: rtl ? "rtl" : "ltr" };
  } catch {
    return { lang: tag, dir: "auto" };
  }
}
