import initialize from 'sqlite-vec-wasm-demo';
import type { Open } from '../contestant.ts';

export const openSqliteVec: Open = async (dimensions) => {
  // As published (0.1.9) it does not start: its last lines come too late unless there is a status to set,
  // and it looks for BigInts in a property that was not exported.
  const sqlite = await initialize({ setStatus: () => undefined, HEAPU64: true });
  const database = new sqlite.oo1.DB(':memory:');
  database.exec(
    `create virtual table rows using vec0(vector float[${dimensions}] distance_metric=cosine)`,
  );
  let next = 0;
  return {
    add(values, count) {
      const statement = database.prepare('insert into rows(rowid, vector) values (?, ?)');
      database.exec('begin');
      for (let row = 0; row < count; row++) {
        const vector = values.slice(row * dimensions, (row + 1) * dimensions);
        statement.bind(1, BigInt(next++)).bind(2, vector.buffer).stepReset();
      }
      database.exec('commit');
      statement.finalize();
    },
    async search(query, k) {
      const sql = 'select rowid from rows where vector match ? and k = ? order by distance';
      const found = database.exec({ sql, bind: [query.buffer, k], returnValue: 'resultRows' });
      return found.map(([row]) => Number(row));
    },
  };
};
