/** A node's attributes with their defaults; what nobody asked for by name is refused. */

import type { OnnxAttribute, OnnxNode } from '../../../onnx/index.ts';
import { unknown } from './unknown.ts';

const utf8 = new TextDecoder();

export class Settings {
  readonly #node: OnnxNode;

  constructor(node: OnnxNode) {
    this.#node = node;
  }

  /** Refuses attributes beside these: they would change what the node does. */
  only(...names: readonly string[]): this {
    const other = this.#node.attributes.find(({ name }) => !names.includes(name));
    if (other) unknown(`its ${this.#node.opType} has an attribute "${other.name}"`);
    return this;
  }

  int(name: string, fallback?: number): number {
    const found = this.#find(name);
    if (found?.type === 'int') return Number(found.value);
    return this.#or(found, name, fallback);
  }

  float(name: string, fallback?: number): number {
    const found = this.#find(name);
    if (found?.type === 'float') return found.value;
    return this.#or(found, name, fallback);
  }

  ints(name: string): number[] | undefined {
    const found = this.#find(name);
    return found?.type === 'ints' ? found.value.map(Number) : undefined;
  }

  text(name: string, fallback: string): string {
    const found = this.#find(name);
    return found?.type === 'string' ? utf8.decode(found.value) : fallback;
  }

  /** Refuses any value but these; the first is the default. */
  expectInt(name: string, ...allowed: readonly number[]): void {
    const value = this.int(name, allowed[0]);
    if (!allowed.includes(value)) this.#refuse(name, value);
  }

  expectFloat(name: string, ...allowed: readonly number[]): void {
    const value = this.float(name, allowed[0]);
    if (!allowed.includes(value)) this.#refuse(name, value);
  }

  #find(name: string): OnnxAttribute | undefined {
    return this.#node.attributes.find((attribute) => attribute.name === name);
  }

  #or(found: OnnxAttribute | undefined, name: string, fallback: number | undefined): number {
    if (found) unknown(`attribute "${name}" of its ${this.#node.opType} is of type ${found.type}`);
    return fallback ?? unknown(`its ${this.#node.opType} has no attribute "${name}"`);
  }

  #refuse(name: string, value: number): never {
    unknown(`its ${this.#node.opType} has ${name} = ${value}`);
  }
}
