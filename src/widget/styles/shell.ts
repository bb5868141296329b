/** Styles of what is on the page from the start, and the custom properties that all styles are made of. */

import { sheet } from '../dom.ts';

const CSS = `
:host {
  display: inline-block;
  color-scheme: light dark;
  --_accent: var(--nearfield-accent, light-dark(#2c56cf, #a3b9ff));
  --_bg: var(--nearfield-background, light-dark(#fff, #191b1f));
  --_raised: var(--nearfield-surface, light-dark(#f3f4f7, #24272d));
  --_text: var(--nearfield-text, light-dark(#1b1d22, #eceef2));
  --_muted: var(--nearfield-muted, light-dark(#5a5f6a, #a6acb8));
  --_line: var(--nearfield-border, light-dark(#dee1e7, #363a43));
  --_edge: light-dark(#858b97, #737a87);
  --_mark: var(--nearfield-mark, light-dark(#ffedb0, #5b4b12));
  --_active: color-mix(in srgb, var(--_accent) 11%, var(--_bg));
  --_radius: var(--nearfield-radius, 0.75rem);
  --_small-radius: calc(var(--_radius) * 0.667);
  --_shadow: var(--nearfield-shadow, 0 1px 3px light-dark(#14182414, #0007), 0 16px 48px -8px light-dark(#14182447, #000b));
}
:host([hidden]), [hidden] { display: none !important; }
:host([theme='light' i]) { color-scheme: light; }
:host([theme='dark' i]) { color-scheme: dark; }
:host([mode='inline' i]) { display: block; }
*, ::before, ::after { box-sizing: border-box; }
.trigger, .inline, dialog {
  font: 400 0.9375rem/1.5 var(--nearfield-font, inherit);
  font-family: var(--nearfield-font, inherit);
  letter-spacing: normal;
  text-align: start;
  text-transform: none;
  text-indent: 0;
  white-space: normal;
  word-spacing: normal;
  color: var(--_text);
  -webkit-tap-highlight-color: transparent;
}
button, input, select { font: inherit; letter-spacing: inherit; color: inherit; margin: 0; }
button { border: 0; padding: 0; background: none; cursor: pointer; text-align: inherit; }
:focus-visible { outline: 2px solid var(--_accent); outline-offset: 2px; }
input:focus-visible { outline: 0; }
.icon {
  flex: none;
  width: 1.25rem;
  height: 1.25rem;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.7;
  stroke-linecap: round;
  stroke-linejoin: round;
}
kbd {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-width: 1.375rem;
  height: 1.375rem;
  padding-inline: 0.3125rem;
  border: 1px solid var(--_line);
  border-radius: 0.3125rem;
  background: var(--_bg);
  color: var(--_muted);
  font: 500 0.6875rem/1 ui-sans-serif, system-ui, sans-serif;
}
.trigger {
  display: inline-flex;
  align-items: center;
  gap: 0.5rem;
  inline-size: var(--nearfield-width, 13rem);
  max-inline-size: 100%;
  block-size: var(--nearfield-height, 2.5rem);
  padding-inline: 0.75rem 0.5rem;
  border: 1px solid var(--_line);
  border-radius: var(--_small-radius);
  background: var(--_raised);
  color: var(--_muted);
  vertical-align: middle;
  transition: border-color 120ms, color 120ms;
}
.trigger:hover { border-color: var(--_edge); color: var(--_text); }
.trigger .icon { width: 1.125rem; height: 1.125rem; }
.label { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.keys { display: inline-flex; flex: none; gap: 0.1875rem; }
@media (hover: none) { .keys { display: none; } }
dialog {
  inline-size: min(var(--nearfield-dialog-width, 42rem), 100vw - 2rem);
  max-inline-size: none;
  max-block-size: min(80dvh, 44rem);
  margin: 10dvh auto auto;
  padding: 0;
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_bg);
  box-shadow: var(--_shadow);
  overflow: hidden;
}
dialog[open] { display: flex; animation: in 140ms ease-out; }
dialog::backdrop { background: light-dark(#1a1f2c73, #05070bb3); animation: fade 140ms ease-out; }
.frame { display: flex; flex-direction: column; flex: 1; min-width: 0; min-height: 0; }
.field {
  position: relative;
  display: flex;
  align-items: center;
  flex: none;
  gap: 0.75rem;
  block-size: 3.5rem;
  padding-inline: 1.125rem 0.75rem;
  border-block-end: 1px solid var(--_line);
}
.field:focus-within > .icon { color: var(--_accent); }
.field > .icon { color: var(--_muted); }
input {
  flex: 1;
  min-width: 0;
  block-size: 100%;
  padding: 0;
  border: 0;
  border-radius: 0;
  outline: 0;
  background: none;
  appearance: none;
  font-size: 1.0625rem;
  text-overflow: ellipsis;
}
input::placeholder { color: var(--_muted); opacity: 1; }
.clear, .close {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  flex: none;
  min-width: 2rem;
  height: 2rem;
  border-radius: 0.5rem;
  color: var(--_muted);
}
.clear .icon { width: 1.0625rem; height: 1.0625rem; }
.clear:hover, .close:hover { background: var(--_raised); color: var(--_text); }
.close > .icon { display: none; }
.body { display: flex; flex-direction: column; flex: 1; min-height: 10rem; }
.inline { position: relative; }
.inline .field {
  block-size: var(--nearfield-height, 2.75rem);
  padding-inline: 0.875rem 0.375rem;
  border: 1px solid var(--_edge);
  border-radius: var(--_small-radius);
  background: var(--_bg);
}
.inline .field:focus-within { border-color: var(--_accent); box-shadow: 0 0 0 1px var(--_accent); }
.inline input { font-size: 1rem; }
.popup {
  position: absolute;
  inset-inline: 0;
  inset-block-start: calc(100% + 0.375rem);
  z-index: var(--nearfield-z, 50);
  max-block-size: min(70dvh, 36rem);
  border: 1px solid var(--_line);
  border-radius: var(--_radius);
  background: var(--_bg);
  box-shadow: var(--_shadow);
  overflow: hidden;
}
.notice { padding: 1.5rem; text-align: center; }
.notice p { margin: 0 0 0.75rem; }
.button {
  min-height: 2.25rem;
  padding: 0.25rem 0.875rem;
  border: 1px solid var(--_line);
  border-radius: 0.5rem;
  background: var(--_raised);
  color: var(--_text);
  font-size: 0.875rem;
  font-weight: 500;
}
.button:hover { border-color: var(--_edge); }
@media (max-width: 40rem) {
  dialog {
    inline-size: 100vw;
    block-size: 100dvh;
    max-block-size: none;
    margin: 0;
    border: 0;
    border-radius: 0;
  }
  .field { padding-inline: 1rem 0.5rem; gap: 0.625rem; }
  .close kbd { display: none; }
  .close > .icon { display: block; }
  .close, .clear { min-width: 2.5rem; height: 2.5rem; }
}
@keyframes in { from { opacity: 0; transform: translateY(-0.375rem) scale(0.99); } }
@keyframes fade { from { opacity: 0; } }
@media (prefers-reduced-motion: reduce) {
  *, ::before, ::after, ::backdrop { animation: none !important; transition: none !important; }
}
@media (forced-colors: active) {
  .trigger, dialog, .popup, .inline .field { border-color: CanvasText; }
}
`;

let made: CSSStyleSheet | undefined;

/** One for all elements of the page. */
export function shellSheet(): CSSStyleSheet {
  return (made ??= sheet(CSS));
}
