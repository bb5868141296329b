import { describe, expect, it } from 'vitest';
import { findBrowserWith, type Lookups } from './browser.ts';

function lookups(changes: Partial<Lookups> = {}): Lookups {
  return {
    named: undefined,
    isProgram: () => true,
    onPath: () => undefined,
    playwrights: () => undefined,
    debians: () => undefined,
    ...changes,
  };
}

const everywhere = lookups({
  named: '/named',
  onPath: (name) => `/path/${name}`,
  playwrights: () => '/playwright',
  debians: () => '/debian',
});

describe('findBrowserWith', () => {
  it('takes $CHROMIUM before all else', () => {
    expect(findBrowserWith(everywhere)).toBe('/named');
  });

  it('refuses a $CHROMIUM that is no program rather than taking another', () => {
    expect(() => findBrowserWith({ ...everywhere, isProgram: () => false })).toThrow(
      'CHROMIUM names /named, which is not a program.',
    );
  });

  it('counts an empty $CHROMIUM as unset, and looks on PATH next', () => {
    expect(findBrowserWith({ ...everywhere, named: '' })).toBe('/path/chromium');
  });

  it('tries the names on PATH in order', () => {
    const asked: string[] = [];
    const onPath = (name: string): string | undefined => {
      asked.push(name);
      return name === 'google-chrome' ? '/path/google-chrome' : undefined;
    };
    expect(findBrowserWith({ ...everywhere, named: undefined, onPath })).toBe(
      '/path/google-chrome',
    );
    expect(asked).toEqual(['chromium', 'chromium-browser', 'google-chrome']);
  });

  it("takes Playwright's download before installing anything", () => {
    const debians = (): never => {
      throw new Error('must not install');
    };
    expect(findBrowserWith(lookups({ playwrights: () => '/playwright', debians }))).toBe(
      '/playwright',
    );
  });

  it("installs Debian's package last", () => {
    expect(findBrowserWith(lookups({ debians: () => '/debian' }))).toBe('/debian');
  });

  it('says in one line what to do when there is none', () => {
    expect(() => findBrowserWith(lookups())).toThrow(/^No Chromium found\. Set CHROMIUM .*$/);
  });
});
