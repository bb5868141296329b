/** Model files: find them, fetch them (resume, verify), keep them, report progress. */

export { describeFiles, type ModelPlan, type PlannedFile } from './describe.ts';
export { clearStored, listStored } from './opfs.ts';
export { NOTES } from './store.ts';
