/** The public API: embedders, collections, what a model takes, and what is stored. */

export { clearVectorCache, createEmbedder } from './embedder.ts';
export {
  deleteCollection,
  importCollection,
  listCollections,
  openCollection,
} from './collection/index.ts';
export { deleteStoredModels, describeModel, storedModels } from './describe.ts';
export { CATALOGUE, NearfieldError } from './contract/index.ts';
export type {
  AddOptions,
  AddRowsOptions,
  ByteSource,
  Collection,
  CollectionInfo,
  CollectionOptions,
  Device,
  DeviceChoice,
  DeviceProbe,
  DocumentInput,
  Dtype,
  DtypeChoice,
  EmbeddedRows,
  Embedder,
  EmbedderCounts,
  EmbedderInfo,
  EmbedderOptions,
  Embeddings,
  EmbedOptions,
  EmbedProgress,
  ErrorCode,
  ExportOptions,
  Hit,
  ImportOptions,
  ListOptions,
  LoadProgress,
  Metadata,
  MetadataValue,
  ModelSpec,
  Passage,
  Pooling,
  Precision,
  QueryInfo,
  RowFormat,
  RowsFile,
  RuntimeName,
  SearchOptions,
  Simd,
  StoredDocument,
  TextKind,
} from './contract/index.ts';
export type { CatalogueOptions } from './collection/index.ts';
export type { ModelPlan, PlannedFile } from './weights/index.ts';
