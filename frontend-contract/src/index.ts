export * from './client.ts';
export * from './errors.ts';
export * from './scalars.ts';
export * from './generated/fragment-masking.ts';
export * from './generated/graphql.ts';
