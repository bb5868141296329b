import { describeVectorStore } from './conformance.ts';
import { MemoryStore } from './memory.ts';

describeVectorStore('MemoryStore', async (maxBytes) => new MemoryStore(maxBytes));
