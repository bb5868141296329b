/** A path that stays inside the model's folder. */
export function isSafePath(path: string): boolean {
  return (
    path !== '' &&
    // A lone surrogate cannot be written into a URL.
    !/^[/\\]|[\\?#%:]|\p{Surrogate}/u.test(path) &&
    path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  );
}
