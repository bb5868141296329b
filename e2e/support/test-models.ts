/** Writes the seeded test models into .cache/test-models, where the model server finds them. */
export async function prepareTestModels(): Promise<void> {
  const { writeTestModels } = await import('../../tools/test-models/index.ts');
  await writeTestModels();
}
