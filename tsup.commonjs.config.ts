import { defineConfig } from "tsup"

/**
 * Core's rules for tools that only know `require`: one file per entry point with everything in it,
 * because some of the packages they use are ES modules only. It runs after tsup.config.ts, which
 * empties dist; scripts/commonjs.ts adds the declarations.
 */
export default defineConfig({
  entry: { rules: "src/rules.ts", recipient: "src/recipient.ts" },
  format: "cjs",
  platform: "neutral",
  target: "es2022",
  tsconfig: "tsconfig.build.json",
  outDir: "dist/commonjs",
  // The folder says that it is CommonJS (scripts/commonjs.ts), so that `rules.js` and `rules.d.ts`
  // find each other in every resolution mode.
  outExtension: () => ({ js: ".js" }),
  dts: false,
  noExternal: [/.*/],
  splitting: false,
  esbuildOptions: (options) => {
    options.mainFields = ["module", "main"]
  }
})
