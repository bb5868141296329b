import { NearfieldError } from './errors.ts';
import type { TextKind } from './embedding.ts';
import type { Prompts } from './model.ts';

export interface PromptedModel {
  id: string;
  prompts: Prompts;
  defaultTask?: string;
}

/**
 * The prompt that goes before every text of a call.
 * Qwen3-Embedding's is `Instruct: {task}\nQuery:` with no space before the text (model card).
 */
export function promptPrefix(model: PromptedModel, kind: TextKind, task?: string): string {
  const template = model.prompts[kind];
  if (!template.includes('{task}')) {
    if (task !== undefined && kind === 'query') {
      throw new NearfieldError(
        'bad-input',
        `task: ${model.id} takes no instruction with its queries; leave \`task\` out.`,
      );
    }
    return template;
  }
  const chosen = task ?? model.defaultTask;
  if (chosen === undefined || chosen.trim() === '') {
    throw new NearfieldError(
      'bad-input',
      `task: ${model.id} needs a sentence that says what the search is for; none was given.`,
    );
  }
  return template.replaceAll('{task}', () => chosen);
}
