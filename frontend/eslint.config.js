import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import importX from "eslint-plugin-import-x";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import globals from "globals";
import tseslint from "typescript-eslint";

const features = ["landing", "predict", "result", "model", "study", "history"];

/** app > features > {components, api} > domain > lib; the wire types alone may be read everywhere. */
const zones = [
  ...features.map((feature) => ({
    target: `./src/features/${feature}`,
    from: "./src/features",
    except: [`./${feature}`],
    message: "Features meet in src/app only.",
  })),
  { target: "./src/features", from: "./src/app", message: "Features do not know the app." },
  ...["components", "api", "domain", "lib"].map((layer) => ({
    target: `./src/${layer}`,
    from: ["./src/app", "./src/features"],
    message: "A layer imports only those under it.",
  })),
  {
    target: "./src/components",
    from: "./src/api",
    except: ["./wire.ts", "./study-types.ts"],
    message: "Components take data as props.",
  },
  { target: "./src/api", from: "./src/components" },
  { target: "./src/domain", from: "./src/components" },
  { target: "./src/domain", from: "./src/api", except: ["./wire.ts", "./study-types.ts"] },
  { target: "./src/lib", from: ["./src/components", "./src/api", "./src/domain"] },
];

export default tseslint.config(
  {
    ignores: [
      "dist",
      "coverage",
      "playwright-report",
      "test-results",
      "screenshots",
      "src/api/schema.d.ts",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: { allowDefaultProject: ["eslint.config.js", "public/theme.js"] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { "import-x": importX },
    settings: {
      "import-x/resolver-next": [
        createTypeScriptImportResolver({
          project: ["tsconfig.app.json", "tsconfig.node.json"],
          noWarnOnMultipleProjects: true,
        }),
      ],
    },
    rules: {
      "max-lines": ["error", { max: 400 }],
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-cycle": "error",
      "import-x/no-default-export": "error",
      "import-x/order": ["error", { "newlines-between": "never", alphabetize: { order: "asc" } }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/consistent-type-definitions": ["error", "interface"],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
    },
  },
  {
    files: ["src/**/*.tsx"],
    ...jsxA11y.flatConfigs.strict,
    rules: {
      ...jsxA11y.flatConfigs.strict.rules,
      // A canvas that only shows something is a picture, and has to say so.
      "jsx-a11y/no-interactive-element-to-noninteractive-role": ["error", { canvas: ["img"] }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    ...reactHooks.configs.flat.recommended,
  },
  {
    files: ["src/**/*.tsx"],
    ignores: ["src/**/*.test.tsx"],
    rules: { "max-lines-per-function": ["error", { max: 120 }], complexity: ["error", 12] },
  },
  {
    files: ["*.config.{js,ts}"],
    rules: { "import-x/no-default-export": "off" },
  },
  {
    files: ["eslint.config.js", "public/*.js"],
    ...tseslint.configs.disableTypeChecked,
  },
);
