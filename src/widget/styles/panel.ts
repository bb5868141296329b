/** Styles of the open search. */

import { sheet } from '../dom.ts';

const CSS = `
.field[data-busy]::after {
  content: '';
  position: absolute;
  inset-inline: 0;
  inset-block-end: -1px;
  block-size: 2px;
  background: linear-gradient(90deg, transparent, var(--_accent), transparent) 0 0 / 40% 100% no-repeat;
  opacity: 0;
  animation: busy 1.1s 250ms ease-in-out infinite;
}
@keyframes busy {
  from { opacity: 1; background-position: -70% 0; }
  to { opacity: 1; background-position: 170% 0; }
}
.filters, .similar-bar, .footer, .notices, .clear-recent { flex: none; }
.filters {
  display: flex;
  gap: 1.25rem;
  min-block-size: 3rem;
  padding: 0.5rem 1.125rem;
  border-block-end: 1px solid var(--_line);
  overflow: auto hidden;
  scrollbar-width: none;
}
.filter { display: flex; align-items: center; flex: none; gap: 0.375rem; font-size: 0.8125rem; }
.field-name { color: var(--_muted); }
.field-name::first-letter { text-transform: uppercase; }
.chip, select {
  min-height: 1.875rem;
  max-width: 14rem;
  padding: 0.125rem 0.625rem;
  border: 1px solid var(--_line);
  border-radius: 1rem;
  background: var(--_bg);
  white-space: nowrap;
}
.chip { display: inline-flex; align-items: center; gap: 0.375rem; overflow: hidden; }
.chip:hover, select:hover { border-color: var(--_edge); }
.chip[aria-pressed='true'], select[data-chosen] {
  border-color: var(--_accent);
  background: var(--_active);
  color: var(--_text);
}
.filters :focus-visible { outline-offset: -1px; }
.count { color: var(--_muted); font-size: 0.75rem; font-variant-numeric: tabular-nums; }
.similar-bar {
  display: flex;
  align-items: center;
  gap: 0.5rem;
  padding: 0.5rem 1.125rem 0.5rem 0.75rem;
  border-block-end: 1px solid var(--_line);
  font-size: 0.875rem;
}
.similar-title { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.back { display: inline-flex; padding: 0.3125rem; border-radius: 0.5rem; color: var(--_muted); }
.back:hover { background: var(--_raised); color: var(--_text); }
:dir(rtl) .back .icon, :dir(rtl) .hit > .icon:last-child { transform: scaleX(-1); }
.list {
  flex: 0 1 auto;
  min-height: 0;
  padding: 0.5rem;
  overflow: hidden auto;
  overscroll-behavior: contain;
  scrollbar-width: thin;
  scroll-padding-block: 0.5rem;
}
.page + .page { margin-block-start: 0.375rem; padding-block-start: 0.375rem; border-block-start: 1px solid var(--_line); }
.row { position: relative; }
.hit {
  display: flex;
  align-items: flex-start;
  gap: 0.75rem;
  padding: 0.5625rem 0.625rem;
  border-radius: var(--_small-radius);
  color: inherit;
  text-decoration: none;
  cursor: pointer;
  scroll-margin-block: 0.5rem;
}
.hit[aria-disabled] { cursor: default; }
.hit > .icon:first-child { color: var(--_muted); margin-block-start: 0.0625rem; }
.hit > .icon:last-child:not(:first-child) {
  align-self: center;
  width: 1.125rem;
  height: 1.125rem;
  color: var(--_muted);
  opacity: 0;
}
.hit-recent { align-items: center; }
.row:has(.similar) .hit { padding-inline-end: 2.75rem; }
.hit[aria-selected='true'] { background: var(--_active); }
.hit[aria-selected='true'] > .icon:first-child { color: var(--_accent); }
.hit[aria-selected='true'] > .icon:last-child { opacity: 1; }
.hit[aria-disabled] > .icon:last-child { display: none; }
.text { display: block; flex: 1; min-width: 0; overflow-wrap: anywhere; }
.title, .heading, .place, .excerpt { display: block; text-align: -webkit-match-parent; text-align: match-parent; }
.title { font-weight: 600; line-height: 1.4; }
.heading { font-size: 0.875rem; font-weight: 500; line-height: 1.4; }
.place {
  overflow: hidden;
  color: var(--_muted);
  font-size: 0.75rem;
  line-height: 1.5;
  text-overflow: ellipsis;
  white-space: nowrap;
}
.excerpt {
  display: -webkit-box;
  margin-block-start: 0.125rem;
  overflow: hidden;
  color: var(--_muted);
  font-size: 0.8125rem;
  line-height: 1.5;
  -webkit-box-orient: vertical;
  -webkit-line-clamp: 2;
}
.hit-section { position: relative; padding-inline-start: 2.625rem; }
.hit-section > .icon:first-child { width: 1.0625rem; height: 1.0625rem; margin-block-start: 0.125rem; }
.hit-section::before {
  content: '';
  position: absolute;
  inset-block: 0;
  inset-inline-start: 1.2rem;
  border-inline-start: 1px solid var(--_line);
}
mark { border-radius: 0.1875rem; background: var(--_mark); color: var(--_text); box-decoration-break: clone; }
.similar {
  position: absolute;
  inset-block: 0;
  block-size: fit-content;
  margin-block: auto;
  inset-inline-end: 0.5rem;
  display: inline-flex;
  padding: 0.3125rem;
  border-radius: 0.4375rem;
  color: var(--_muted);
  opacity: 0;
}
.similar .icon { width: 1.125rem; height: 1.125rem; }
.similar:hover { background: var(--_bg); color: var(--_accent); }
.row:hover .similar, .hit[aria-selected='true'] + .similar { opacity: 1; }
.notice-empty {
  display: flex;
  flex-direction: column;
  align-items: center;
  padding: 2.5rem 1.5rem;
  color: var(--_muted);
}
.notice-empty .icon { width: 2rem; height: 2rem; margin-block-end: 0.75rem; stroke-width: 1.4; }
.notice-empty .notice-text { color: var(--_text); font-weight: 500; overflow-wrap: anywhere; }
.notice-empty .hint { font-size: 0.875rem; }
.notice-empty slot { display: contents; }
.notice-empty p:last-child { margin-block-end: 0; }
.notice-line {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  gap: 0.375rem 0.625rem;
  padding: 0.5rem 1.125rem;
  border-block-start: 1px solid var(--_line);
  font-size: 0.8125rem;
  text-align: start;
}
.notice-line .icon { width: 1.125rem; height: 1.125rem; color: var(--_accent); }
.notice-line .notice-text { flex: 1 1 12rem; margin: 0; }
.notice-line .notice-text:empty { display: none; }
.notice-line .button { min-height: 1.875rem; font-size: 0.8125rem; }
.link {
  display: inline-flex;
  align-items: center;
  gap: 0.375rem;
  min-height: 1.75rem;
  border-radius: 0.25rem;
  color: var(--_accent);
  font-weight: 500;
}
.link:hover { text-decoration: underline; }
.link .icon { width: 1rem; height: 1rem; }
.clear-recent { margin: 0 0 0.5rem 1.125rem; align-self: flex-start; font-size: 0.8125rem; }
.footer {
  display: flex;
  align-items: center;
  gap: 0.25rem 1rem;
  min-block-size: 2.75rem;
  margin-block-start: auto;
  padding: 0.375rem 1.125rem;
  border-block-start: 1px solid var(--_line);
  background: var(--_raised);
  color: var(--_muted);
  font-size: 0.75rem;
}
.switch { display: inline-flex; flex: none; align-items: center; gap: 0.5rem; min-height: 1.75rem; border-radius: 0.25rem; color: var(--_text); }
.switch-state { color: var(--_muted); }
.knob {
  position: relative;
  width: 1.75rem;
  height: 1rem;
  border: 1px solid var(--_edge);
  border-radius: 0.5rem;
  background: var(--_bg);
  transition: background 120ms;
}
.knob::before {
  content: '';
  position: absolute;
  inset-block-start: 2px;
  inset-inline-start: 2px;
  width: 0.625rem;
  height: 0.625rem;
  border-radius: 50%;
  background: var(--_edge);
  transition: inset-inline-start 120ms;
}
[aria-checked='true'] .knob { border-color: var(--_accent); background: var(--_accent); }
[aria-checked='true'] .knob::before { inset-inline-start: calc(100% - 0.625rem - 2px); background: var(--_bg); }
[data-state='loading'] .knob { animation: pulse 900ms ease-in-out infinite alternate; }
@keyframes pulse { to { opacity: 0.45; } }
.model { display: inline-flex; align-items: center; gap: 0.5rem; }
.model[data-state='loading'] {
  padding-block-end: 2px;
  background: linear-gradient(var(--_accent), var(--_accent)) 0 100% / calc(100% * var(--_share, 0)) 2px no-repeat;
}
:dir(rtl) .model[data-state='loading'] { background-position: 100% 100%; }
.to-similar { flex: none; margin-inline-start: auto; color: var(--_muted); font-weight: 400; }
/* Those that do not fit wrap out of sight. */
.hints { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0.375rem 0.75rem; block-size: 1.375rem; overflow: hidden; }
.hints span { display: inline-flex; align-items: center; gap: 0.375rem; }
.to-similar[hidden] + .hints { margin-inline-start: auto; }
.hints kbd .icon { width: 0.75rem; height: 0.75rem; stroke-width: 2.2; }
.announcer {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
@media (max-width: 40rem), (hover: none) {
  .hints { display: none; }
  .footer { flex-wrap: wrap; }
  .hit > .icon:last-child:not(:first-child) { display: none; }
  .similar { opacity: 1; padding: 0.5rem; inset-inline-end: 0.125rem; }
  .excerpt { -webkit-line-clamp: 3; }
}
@media (forced-colors: active) {
  .hit[aria-selected='true'] { outline: 2px solid Highlight; outline-offset: -2px; }
  [aria-checked='true'] .knob, .chip[aria-pressed='true'] { background: Highlight; forced-color-adjust: none; }
  .chip[aria-pressed='true'] { color: HighlightText; }
  .model[data-state='loading'] { background-image: linear-gradient(Highlight, Highlight); forced-color-adjust: none; color: CanvasText; }
}
`;

let made: CSSStyleSheet | undefined;

/** One for all elements of the page. */
export function panelSheet(): CSSStyleSheet {
  return (made ??= sheet(CSS));
}
