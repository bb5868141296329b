/** What `work` gives within so many milliseconds, else undefined; what it gives later is nobody's. */
export function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      resolve(undefined);
    }, ms);
    void work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}
