// Prometheus's text format, as far as a small chart needs it.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The samples of a page of metrics, as {name, labels, value}. */
export const samples = (text) =>
  text.split("\n").map((line) => LINE.exec(line)).filter(Boolean).map(([, name, labels, value]) => ({
    name, value: Number(value), labels: Object.fromEntries([...(labels ?? "").matchAll(LABEL)].map(([, key, said]) => [key, said])),
  }));

/** The sum of a metric over the label values that fit; null where there is no such metric. */
export function sum(found, name, fits = () => true) {
  const own = found.filter((sample) => sample.name === name && fits(sample.labels));
  return own.length ? own.reduce((total, sample) => total + sample.value, 0) : null;
}
