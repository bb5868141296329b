/** Building elements without ever parsing a string as markup. */

export type Child = Node | string | false | null | undefined;

type Value = string | number | boolean | undefined;

interface Props {
  /** Attributes; `true` is an empty one, `false` and undefined leave it out. */
  readonly [attribute: string]: Value;
}

const SVG = 'http://www.w3.org/2000/svg';

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  element.append(...children.filter(isNode));
  return element;
}

/** One stroke drawing on a grid of 24; decoration only. */
export function icon(path: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  set(svg, 'viewBox', '0 0 24 24');
  set(svg, 'aria-hidden', 'true');
  set(svg, 'class', 'icon');
  const drawing = document.createElementNS(SVG, 'path');
  set(drawing, 'd', path);
  svg.append(drawing);
  return svg;
}

/** Sets an attribute, or takes it away, only where that changes something. */
export function set(element: Element, name: string, value: Value): void {
  const text = value === true ? '' : value === false || value === undefined ? null : String(value);
  if (element.getAttribute(name) === text) return;
  if (text === null) element.removeAttribute(name);
  else element.setAttribute(name, text);
}

function isNode(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}

/** A style sheet that a policy without 'unsafe-inline' allows. */
export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
