/** sqlite-vec-wasm-demo has no types: what the benchmark uses of SQLite's own interface. */
declare module 'sqlite-vec-wasm-demo' {
  interface Statement {
    bind(index: number, value: bigint | ArrayBuffer): Statement;
    stepReset(): Statement;
    finalize(): void;
  }
  interface Database {
    exec(sql: string): unknown;
    exec(options: { sql: string; bind: unknown[]; returnValue: 'resultRows' }): unknown[][];
    prepare(sql: string): Statement;
  }
  export default function initialize(module: { setStatus: () => void; HEAPU64: true }): Promise<{
    oo1: { DB: new (file: string) => Database };
  }>;
}
