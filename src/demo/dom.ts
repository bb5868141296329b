/** Building and finding elements without ever parsing a string as HTML. */

type Child = Node | string | false | null | undefined;

interface Props {
  class?: string;
  /** Attributes; `true` is an empty one, `false` and undefined leave it out. */
  attrs?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Custom properties, set through the CSSOM, which the page's policy allows. */
  vars?: Readonly<Record<`--${string}`, string>>;
  on?: Readonly<Record<string, (event: Event) => void>>;
}

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  for (const [name, value] of Object.entries(props.attrs ?? {})) setAttribute(element, name, value);
  for (const [name, value] of Object.entries(props.vars ?? {})) {
    element.style.setProperty(name, value);
  }
  for (const [type, listener] of Object.entries(props.on ?? {})) {
    element.addEventListener(type, listener);
  }
  element.append(...children.filter(isNode));
  return element;
}

function setAttribute(
  element: Element,
  name: string,
  value: string | number | boolean | undefined,
): void {
  if (value === true) element.setAttribute(name, '');
  else if (value !== false && value !== undefined) element.setAttribute(name, String(value));
}

function isNode(child: Child): child is Node | string {
  return child !== null && child !== undefined && child !== false;
}

/** An icon of the sprite in index.html; decoration only. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}

/** The element of index.html with this id; its absence is a fault of ours. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`index.html has no <${type.name} id="${id}">.`);
  return element;
}

export function button(
  label: string,
  onClick: () => void,
  options: { kind?: 'primary' | 'quiet' | 'danger'; name?: string } = {},
): HTMLButtonElement {
  return h(
    'button',
    {
      class: `button button-${options.kind ?? 'quiet'}`,
      attrs: { type: 'button', 'aria-label': options.name },
      on: { click: onClick },
    },
    label,
  );
}
