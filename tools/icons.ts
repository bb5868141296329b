/** `npx tsx tools/icons.ts`: the PNG icons of the installed page, drawn from public/icons/icon.svg. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { BASE_FLAGS, findBrowser } from './browser.ts';

const FOLDER = new URL('../public/icons/', import.meta.url);
const ICONS = [
  { file: 'icon-192.png', size: 192, full: false },
  { file: 'icon-512.png', size: 512, full: false },
  { file: 'apple-touch-icon.png', size: 180, full: true },
  // Platforms cut maskable icons to their own shape: colour to the edge, drawing inside 80 %.
  { file: 'icon-maskable-512.png', size: 512, full: true },
];

const svg = readFileSync(new URL('icon.svg', FOLDER), 'utf8');
const browser = await chromium.launch({ executablePath: findBrowser(), args: [...BASE_FLAGS] });
const page = await browser.newPage();
for (const { file, size, full } of ICONS) {
  await page.setViewportSize({ width: size, height: size });
  const drawing = full ? svg.replace(/ rx="\d+"/, '') : svg;
  await page.setContent(
    `<body style="margin:0">${drawing.replace('<svg', `<svg width="${size}"`)}`,
  );
  await page.screenshot({ path: fileURLToPath(new URL(file, FOLDER)), omitBackground: true });
}
await browser.close();
