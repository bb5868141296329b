import { describe, expect, it } from 'vitest';
import { CATALOGUE } from './catalogue.ts';
import type { TextKind } from './embedding.ts';
import type { ModelSpec } from './model.ts';
import { promptPrefix } from './prompt.ts';

const qwen3 = CATALOGUE['qwen3-embedding-0.6b'] as ModelSpec;
const starter = CATALOGUE['starter'] as ModelSpec;
const badInput = expect.objectContaining({ code: 'bad-input' }) as Error;

describe('promptPrefix', () => {
  it("is Qwen3-Embedding's template to the letter, with no space after Query:", () => {
    expect(promptPrefix(qwen3, 'query')).toBe(
      'Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:',
    );
    expect(promptPrefix(qwen3, 'query', 'Find the law')).toBe('Instruct: Find the law\nQuery:');
    expect(promptPrefix(qwen3, 'document')).toBe('');
  });

  it('takes a task literally, whatever replacement patterns it holds', () => {
    const task = "cost < $& and $1, $` $' $$ {task}";
    expect(promptPrefix(qwen3, 'query', task)).toBe(`Instruct: ${task}\nQuery:`);
  });

  it('gives models without an instruction their fixed prompts', () => {
    expect(promptPrefix(starter, 'query')).toBe('query: ');
    expect(promptPrefix(starter, 'document')).toBe('passage: ');
  });

  it('refuses a task where the model takes none, for queries', () => {
    expect(() => promptPrefix(starter, 'query', 'Find the law')).toThrow(badInput);
    expect(promptPrefix(starter, 'document', 'Find the law')).toBe('passage: ');
  });

  it.each(['', '  \n'])('refuses the blank task %j', (task) => {
    expect(() => promptPrefix(qwen3, 'query', task)).toThrow(badInput);
  });

  it('refuses to go without a task where the model has no default', () => {
    const model = { id: qwen3.id, prompts: qwen3.prompts };
    const ask = (kind: TextKind) => promptPrefix(model, kind);
    expect(() => ask('query')).toThrow(badInput);
    expect(ask('document')).toBe('');
  });
});
