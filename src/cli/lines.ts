/** Events as lines that people read. */

import { INTENDED, type IndexEvent, type IndexReport } from '../indexing/index.ts';
import { count, counted, duration, size } from './words.ts';

type ProblemEvent = Extract<IndexEvent, { kind: 'problem' }>;
type ProblemCode = ProblemEvent['problem']['code'];

/** Pages or parts of them that should have been read and were not. */
export function faultsIn({ problems }: IndexReport): number {
  return Object.entries(problems).reduce(
    (sum, [code, times]) => sum + (INTENDED.has(code as ProblemCode) ? 0 : times),
    0,
  );
}

/** What stays to be read; undefined for what is only progress, or wanted. */
export function lineOf(event: IndexEvent): string | undefined {
  switch (event.kind) {
    case 'warning':
      return `warning: ${event.message}`;
    case 'problem':
      return INTENDED.has(event.problem.code) ? undefined : problemLine(event);
    case 'read':
      return `${counted(event.pages, 'page')}, ${counted(event.passages, 'passage')}`;
    case 'estimate':
      return estimateLine(event);
    case 'done':
      return reportLines(event.report).join('\n');
    case 'model':
    case 'reading':
    case 'embedding':
    case 'fitting':
    case 'writing':
      return undefined;
  }
}

/** What is going on, and how much of it is done, 0 to 1, where that is known. */
export function progressOf(event: IndexEvent): { text: string; share?: number } | undefined {
  switch (event.kind) {
    case 'model': {
      const { file, loaded, total } = event;
      const of = total === undefined ? '' : ` of ${size(total)}`;
      const share = total !== undefined && { share: Math.min(1, loaded / total) };
      return { text: `Model: ${file}, ${size(loaded)}${of}`, ...share };
    }
    case 'reading':
      return { text: `Reading: ${counted(event.pages, 'page')}` };
    case 'embedding': {
      const { done, total, share, secondsLeft } = event;
      const left = secondsLeft === undefined ? '' : `, ${duration(secondsLeft)} left`;
      return { text: `Embedding: ${count(done)} of ${count(total)}${left}`, share };
    }
    case 'fitting':
      return { text: 'Fitting the query encoder', share: event.share };
    case 'writing':
      return { text: `Writing: ${counted(event.files, 'file')}` };
    case 'warning':
    case 'problem':
    case 'read':
    case 'estimate':
    case 'done':
      return undefined;
  }
}

function problemLine({ problem: { path, line, code, message } }: ProblemEvent): string {
  return `${path}${line === undefined ? '' : `:${line}`}: ${code}: ${message}`;
}

function estimateLine(event: Extract<IndexEvent, { kind: 'estimate' }>): string {
  const { seconds, passages, queries, cached } = event;
  if (passages + queries === 0) return `Nothing new to embed, ${count(cached)} cached`;
  const beside = queries === 0 ? '' : ` and ${count(queries)} made-up queries`;
  const what = `${counted(passages, 'new passage')}${beside}, ${count(cached)} cached`;
  return `About ${duration(seconds)} for ${what}`;
}

function reportLines(report: IndexReport): string[] {
  const { pages, passages, embedded, cached, files, bytes, out, site, seconds } = report;
  const left = Object.entries(report.problems).map(([code, times]) => `${count(times)} ${code}`);
  const removed = report.removed.length;
  return [
    `Indexed ${counted(pages, 'page')}, ${counted(passages, 'passage')} (${count(embedded)} embedded, ${count(cached)} cached) in ${duration(seconds)}`,
    ...(left.length > 0 ? [`Left out or in part: ${left.join(', ')}`] : []),
    ...(removed > 0 ? [`Removed ${counted(removed, 'older build')}`] : []),
    `Wrote ${counted(files, 'file')}, ${size(bytes)}: ${out} (${site})`,
  ];
}
