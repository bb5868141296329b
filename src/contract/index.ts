/** Types, error codes, wire shapes and the model catalogue; imports nothing. */

export * from './errors.ts';
export * from './abortable.ts';
export * from './model.ts';
export * from './embedding.ts';
export * from './bytes.ts';
export * from './collection.ts';
export * from './metadata.ts';
export * from './pause.ts';
export * from './prompt.ts';
export * from './rows.ts';
export * from './half.ts';
export * from './sealed.ts';
export * from './section-url.ts';
export * from './site.ts';
export * from './width.ts';
export * from './wire.ts';
export * from './catalogue.ts';
