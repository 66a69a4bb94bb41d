// Small live charts: the last minutes of one figure as a line.

import { el } from "./dom.js";
import { number, say } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, POINTS] = [240, 56, 90];

/** A chart of a figure that is looked at every so many seconds; `add(value)` brings the next one (null: none). */
export function chart(name, seconds, format = {}) {
  const values = [];
  const line = document.createElementNS(SVG, "polyline");
  const area = document.createElementNS(SVG, "polygon");
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 -4 ${WIDTH} ${HEIGHT + 8}`);
  picture.setAttribute("role", "img");
  picture.append(area, line);
  const now = el("b", {}, "–");
  const node = el("figure", { class: "chart" }, el("figcaption", {}, name, " ", now), picture);
  const draw = () => {
    const most = Math.max(...values, 0);
    const points = values.map((value, at) => `${((at + POINTS - values.length) / (POINTS - 1)) * WIDTH},${HEIGHT - (value / (most || 1)) * HEIGHT}`);
    line.setAttribute("points", points.join(" "));
    area.setAttribute("points", `${points[0].split(",")[0]},${HEIGHT} ${points.join(" ")} ${WIDTH},${HEIGHT}`);
    now.textContent = number(values.at(-1), format);
    const minutes = Math.max(1, Math.round((POINTS * seconds) / 60));
    picture.setAttribute("aria-label", say("chart", { name, value: now.textContent, most: number(most, format), minutes }));
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
