// Small live charts: one value over the last minutes, as a line.

import { el } from "./dom.js";
import { formatNumber, t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, POINTS] = [240, 56, 90];

/** A chart of a value that is sampled every `seconds`. `add(value)` appends a sample; null is skipped. */
export function chart(name, seconds, format = {}) {
  const values = [];
  const line = document.createElementNS(SVG, "polyline");
  const area = document.createElementNS(SVG, "polygon");
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 -4 ${WIDTH} ${HEIGHT + 8}`);
  picture.setAttribute("role", "img");
  picture.append(area, line);
  const current = el("b", {}, "–");
  const node = el("figure", { class: "chart" }, el("figcaption", {}, name, " ", current), picture);
  const draw = () => {
    const peak = Math.max(...values, 0);
    const points = values.map((value, index) => `${((index + POINTS - values.length) / (POINTS - 1)) * WIDTH},${HEIGHT - (value / (peak || 1)) * HEIGHT}`);
    line.setAttribute("points", points.join(" "));
    area.setAttribute("points", `${points[0].split(",")[0]},${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`);
    current.textContent = formatNumber(values.at(-1), format);
    const minutes = Math.max(1, Math.round((POINTS * seconds) / 60));
    picture.setAttribute("aria-label", t("chart", { name, value: current.textContent, most: formatNumber(peak, format), minutes }));
  };
  const add = (value) => {
    if (value === null || Number.isNaN(value)) return;
    values.push(value);
    if (values.length > POINTS) values.shift();
    draw();
  };
  picture.setAttribute("aria-label", `${name}: –`);
  return { node, add };
}
