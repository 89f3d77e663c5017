import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const throughDisplay = 'Show text through src/extension/common/display.ts: it makes foreign text harmless.';

/** The parts of VS Code that show text: each takes some text for markup, or could do so in its next release. */
const showsText = [
  'MemberExpression[object.name="window"][property.name=/^(show(Information|Warning|Error)Message|showInputBox|showQuickPick|showWorkspaceFolderPick|create(InputBox|QuickPick|StatusBarItem|OutputChannel|Terminal|WebviewPanel)|setStatusBarMessage|with(Scm)?Progress)$/]',
  // Other names for `window`.
  'MemberExpression[object.name="window"][computed=true]',
  'VariableDeclarator[init.name="window"]',
  'ImportDeclaration[source.value="vscode"] > ImportSpecifier[imported.name="window"][local.name!="window"]',
  'ImportDeclaration[source.value="vscode"] > ImportNamespaceSpecifier',
  'ImportDeclaration[source.value="vscode"] > ImportDefaultSpecifier',
  // Classes whose objects carry text.
  'ImportDeclaration[source.value="vscode"][importKind="value"] > ImportSpecifier[importKind="value"][imported.name=/^(scm|CodeLens|Diagnostic|FileDecoration|Hover|InlayHint|MarkdownString|TimelineItem|TreeItem)$/]',
  'AssignmentExpression[left.property.name=/^(tooltip|placeholder|statusBarCommands|label|description|detail|accessibilityInformation)$/]',
  'Property[key.name="tooltip"]',
  'CallExpression[callee.object.name="FileSystemError"]:not([arguments.0.name="uri"])',
  // Titles of editors.
  'Literal[value=/^(vscode[.](diff|changes|open)|_open[.]mergeEditor)$/]',
];

const quadratic = {
  // It is tried anew at each character of a run that does not end the text.
  selector: String.raw`Literal[regex.pattern=/^(?!\^)([\\].|\[[^\]]*\]|[^\\])[+*]\$$/]`,
  message: 'This takes the square of the length of a text. Use withoutTrailing of src/base/lines.ts.',
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.vscode-test/', 'test/vscode/out/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      // Typed arrays are indexed in hot loops whose bounds were checked when the table was built.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Numbers and booleans in messages are what messages are for.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      'no-control-regex': 'off',
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', quadratic] },
  },
  {
    files: ['src/extension/**/*.ts'],
    // Tests read through `testDoor.ts` what was shown.
    ignores: [
      'src/extension/common/display.ts',
      'src/extension/common/displayInEditor.ts',
      'src/extension/api/testDoor.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        quadratic,
        ...showsText.map(selector => ({ selector, message: throughDisplay })),
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts'],
    ignores: ['src/cli/main.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        quadratic,
        {
          selector: 'MemberExpression[object.name="process"][property.name=/^(stdout|stderr)$/]',
          message: 'Write to the sinks of CommandIo: they know whether a terminal shows it.',
        },
      ],
    },
  },
  {
    // The runner of node:test owns the promises that these return.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'describe', 'it', 'suite'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        Buffer: 'readonly',
        require: 'readonly',
        module: 'writable',
        exports: 'writable',
        __dirname: 'readonly',
      },
    },
  },
);
