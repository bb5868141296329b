/** The demo page as its visitors meet it. */

import type { Page } from '@playwright/test';
import './console.ts';
import { expect } from './fixtures.ts';

/** Opens the page and waits until its model answers. */
export async function openDemo(page: Page, query = ''): Promise<void> {
  await page.goto(`./?device=wasm${query}`);
  await ready(page);
}

export async function ready(page: Page): Promise<void> {
  await expect(page.locator('#pill')).toHaveAttribute('data-state', 'ready', { timeout: 60_000 });
}

/** Types a question and waits for its own answer. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your question' }).fill(question);
  await answered(page, question);
}

export async function answered(page: Page, question: string): Promise<void> {
  await expect(page.locator('#announcer')).toContainText(`“${question}”`);
}

/** Waits until everything this machine uses is on it. */
export async function keptForOffline(page: Page): Promise<void> {
  const row = page.locator('#data-panel div', { hasText: 'Works offline' }).last();
  await expect(row).toContainText('yes', { timeout: 60_000 });
}

/** What must not happen on any page: errors in the console, and requests to anybody else. */
export function watch(page: Page): { errors: string[]; strangers: string[] } {
  const errors: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.context().on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') strangers.push(request.url());
  });
  return { errors, strangers };
}
