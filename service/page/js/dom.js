// Creates and finds elements. Text is only ever inserted as text, never as HTML.

export const byId = (id) => document.getElementById(id);

/** Creates an element with attributes and children. Functions are event listeners; null and false omit an attribute. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return node;
}

/** Announces a message to screen readers. */
export function announce(message) {
  byId("announcement").textContent = message;
}

/** The values of a form's checked inputs with a name. */
export const checkedValues = (form, name) => [...form.querySelectorAll(`[name="${name}"]:checked`)].map((box) => box.value);
