/** Which notices the state of a search calls for. */

import type { SiteAnswer } from '../../contract/index.ts';
import type { Wording } from '../strings/wording.ts';
import { ALERT, NOTHING, START } from './icons.ts';
import type { MeaningState } from './meaning.ts';
import type { Notice } from './notices.ts';
import type { Question } from './session.ts';

export interface Told {
  question: Question;
  /** On the screen; of this question or, while the next is under way, of the one before. */
  answer: SiteAnswer | undefined;
  error: unknown;
  isSearching: boolean;
  hasRecent: boolean;
  meaning: { state: MeaningState; bytes: number };
}

export interface Actions {
  retry: () => void;
  useMeaning: () => void;
}

/** In place of results; undefined where there are some, or will be at once. */
export function instead(told: Told, wording: Wording, actions: Actions): Notice | undefined {
  const { question, answer, error, isSearching, hasRecent } = told;
  if (error !== undefined) return troubleNotice(wording, actions);
  if (question.query.trim() === '' && !question.like) {
    return hasRecent ? undefined : { kind: 'empty', icon: START, text: wording.text('start') };
  }
  if (!answer || answer.pages.length > 0 || isSearching) return undefined;
  const offer = meaningOffer(told, wording, actions);
  const query = question.like?.title ?? question.query;
  return {
    kind: 'empty',
    icon: NOTHING,
    text: wording.text('nothing', { query }),
    hint: wording.text('nothingHint'),
    slot: 'empty',
    ...(offer && { action: offer }),
  };
}

/** Below the results, where a line more moves none of them. */
export function beside(told: Told, wording: Wording, actions: Actions): Notice[] {
  const { answer, error, question } = told;
  if (!answer || error !== undefined || question.query.trim() === '') return [];
  const lines: Notice[] = [];
  if (answer.missing.length > 0) {
    const action = { name: wording.text('retry'), run: actions.retry };
    lines.push({ kind: 'line', icon: ALERT, text: wording.text('partial'), action });
  }
  const offer = meaningOffer(told, wording, actions);
  if (offer && answer.pages.length > 0) lines.push({ kind: 'line', text: '', action: offer });
  return lines;
}

function troubleNotice(wording: Wording, actions: Actions): Notice {
  const action = { name: wording.text('retry'), run: actions.retry };
  // `onLine` is wrong in the other direction only.
  const text = wording.text(navigator.onLine ? 'failed' : 'offline');
  return { kind: 'empty', icon: ALERT, alert: true, text, action };
}

function meaningOffer({ meaning }: Told, wording: Wording, actions: Actions): Notice['action'] {
  if (meaning.state !== 'offered') return undefined;
  const size = wording.size(meaning.bytes);
  return { name: wording.text('meaningOffer', { size }), run: actions.useMeaning };
}
