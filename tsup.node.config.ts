import { defineConfig, type Options } from "tsup"

/**
 * Core once more, in few files, for Node itself: it loads the rules' fifty small modules in 33 ms
 * and these in 7 (decision 0014). Bundlers get the module per file of tsup.config.ts instead, which
 * they can take apart. This runs after that, which empties dist.
 */
const together = {
  target: "es2022",
  tsconfig: "tsconfig.build.json",
  // `.js` in both: the folder says which module system it is.
  outExtension: () => ({ js: ".js" }),
  dts: false
} satisfies Options

const rules = {
  rules: "src/rules.ts",
  "rules/delivery": "src/rules/delivery.ts",
  "rules/report": "src/rules/report.ts",
  recipient: "src/recipient.ts"
}

export default defineConfig([
  {
    ...together,
    // All entry points at once: what several of them use is in a file that they share.
    entry: {
      ...rules,
      index: "src/index.ts",
      effect: "src/effect.ts",
      sandbox: "src/sandbox.ts",
      testing: "src/testing.ts"
    },
    format: "esm",
    platform: "node",
    outDir: "dist/node",
    sourcemap: true,
    // Three tiny modules, which would be three more to load.
    noExternal: [/^date-fns/],
    splitting: true
  },
  {
    ...together,
    // For tools that only know `require`. Everything they use is in it, because some of the
    // packages are ES modules only; scripts/commonjs.ts adds the declarations.
    entry: rules,
    format: "cjs",
    platform: "neutral",
    outDir: "dist/commonjs",
    noExternal: [/.*/],
    splitting: false,
    esbuildOptions: (options) => {
      options.mainFields = ["module", "main"]
    }
  }
])
