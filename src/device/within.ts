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

/** A thread that is busy for longer uses up one wait of several: what has come meanwhile is then heard. */
const WAITS = 4;

/** As `within`, but for work that gives something, of time in which this thread could have heard of it. */
export async function withinHearing<T extends object>(
  ms: number,
  work: Promise<T | undefined>,
): Promise<T | undefined> {
  for (let wait = 1; wait < WAITS; wait++) {
    const given = await within(ms / WAITS, work);
    if (given) return given;
  }
  return within(ms / WAITS, work);
}
