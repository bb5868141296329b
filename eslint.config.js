import tseslint from 'typescript-eslint';

/** Text from documents and models reaches the page as text, never as markup. */
const noMarkupFromStrings = [
  ['AssignmentExpression[left.property.name=/^(innerHTML|outerHTML)$/]', 'innerHTML / outerHTML'],
  ['CallExpression[callee.property.name="insertAdjacentHTML"]', 'insertAdjacentHTML'],
  ['CallExpression[callee.property.name="createContextualFragment"]', 'createContextualFragment'],
  [
    'CallExpression[callee.object.name="document"][callee.property.name=/^write(ln)?$/]',
    'document.write',
  ],
].map(([selector, name]) => ({
  selector,
  message: `${name} turns strings into markup: build nodes and set textContent.`,
}));

const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Named exports only: a thing has one name everywhere.',
};

const tests = ['**/*.test.ts', 'e2e/**/*.ts'];

export default tseslint.config(
  {
    ignores: [
      'node_modules',
      'dist',
      'site',
      '.cache',
      'public',
      // A user's project, with a tsconfig and dependencies of its own.
      'tools/pack-test',
      'test-results',
      'playwright-report',
      '**/*.d.ts',
      // AssemblyScript: TypeScript's syntax, not its types.
      'src/kernels/assembly',
      'bench/kernels/assembly',
      'bench/search/assembly',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-console': ['error', { allow: ['warn', 'error'] }],
      'prefer-const': 'error',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...noMarkupFromStrings, noDefaultExport],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Interfaces here are asynchronous where one of their implementations is.
      '@typescript-eslint/require-await': 'off',
      // With noUncheckedIndexedAccess, `!` is how a loop says that its bound is the proof.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // DOM types promise what old browsers and insecure pages lack; asking first is the point.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `return send(…)` is how a handler answers early.
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
  {
    files: tests,
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Command-line tools talk on stdout.
    files: ['tools/**/*.ts', 'bench/**/*.ts', 'e2e/support/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // These tools read their configuration, or their set-up, from a default export.
    files: ['**/*.config.ts', '**/*.setup.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noMarkupFromStrings] },
  },
);
