// Elements made and found. Text only ever goes in as text.

export const byId = (id) => document.getElementById(id);

/** An element with attributes (`onclick` and the like are listeners; null and false leave one out) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** Says something to those who listen to the page. */
export function tell(words) {
  byId("told").textContent = words;
}

/** The values of a form's checked boxes or buttons of a name. */
export const checked = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);
