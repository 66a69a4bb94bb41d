// A minimal parser of the Prometheus text format.

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Parses metrics into samples: {name, labels, value}. */
export const samples = (text) =>
  text.split("\n").map((line) => LINE.exec(line)).filter(Boolean).map(([, name, labels, value]) => ({
    name, value: Number(value), labels: Object.fromEntries([...(labels ?? "").matchAll(LABEL)].map(([, key, label]) => [key, label])),
  }));

/** Sums the samples of a metric whose labels match; null if there are none. */
export function sum(all, name, matches = () => true) {
  const matching = all.filter((sample) => sample.name === name && matches(sample.labels));
  return matching.length ? matching.reduce((total, sample) => total + sample.value, 0) : null;
}
