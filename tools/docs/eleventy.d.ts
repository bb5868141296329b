/** What we use of Eleventy, which brings no types. */

declare module '@11ty/eleventy' {
  export interface UserConfig {
    pathPrefix?: string;
    on(event: string, listener: (given: never) => Promise<void>): unknown;
    addPlugin(plugin: (config: UserConfig) => void): void;
    addTemplate(path: string, content: string, data: object): void;
    addPassthroughCopy(paths: Readonly<Record<string, string>>): void;
    setLibrary(
      engine: 'md',
      library: { render(text: string, data: Readonly<Record<string, unknown>>): string },
    ): void;
    setUseGitIgnore(use: boolean): void;
    setIncludesDirectory(folder: string): void;
  }

  export class Eleventy {
    constructor(
      input: string,
      output: string,
      options: {
        quietMode?: boolean;
        pathPrefix?: string;
        config: (config: UserConfig) => void;
      },
    );
    write(): Promise<void>;
  }
}
