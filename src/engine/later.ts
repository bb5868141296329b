/** A moment that is waited for in one place and named in another. */
export class Later {
  readonly promise: Promise<void>;
  #resolve: () => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Safe to call again. */
  now(): void {
    this.#resolve();
  }
}
