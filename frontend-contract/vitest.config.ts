import { defineConfig } from 'vitest/config';

export default defineConfig({
  // graphql 16 comes twice: without this, vitest loads one of it and @graphql-tools the other.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: { include: ['tests/**/*.test.ts'], testTimeout: 20_000, maxWorkers: 1, environment: 'node' },
});
