/** Read at once; an initializer of a big model is far larger. */
const PIECE = 8 * 1024 * 1024;

/**
 * A blob whose stream is made of `arrayBuffer` reads. ONNX Runtime's JSPI build streams each
 * initializer from its blob, and in Chromium 156 the first read of an OPFS file's own stream
 * stays unanswered about one time in eight; its `arrayBuffer` does not.
 */
export class PiecewiseBlob extends Blob {
  readonly #source: Blob;

  constructor(source: Blob) {
    super();
    this.#source = source;
  }

  override get size(): number {
    return this.#source.size;
  }

  override slice(start?: number, end?: number, type?: string): Blob {
    return new PiecewiseBlob(this.#source.slice(start, end, type));
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#source.arrayBuffer();
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const source = this.#source;
    let at = 0;
    return new ReadableStream({
      async pull(controller) {
        if (at >= source.size) {
          controller.close();
          return;
        }
        const piece = await source.slice(at, at + PIECE).arrayBuffer();
        at += piece.byteLength;
        controller.enqueue(new Uint8Array(piece));
      },
    });
  }
}
