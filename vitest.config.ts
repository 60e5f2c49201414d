import { join } from "node:path"
import { availableParallelism } from "node:os"
import { configDefaults, defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    isolate: false,
    testTimeout: 30_000,
    // Tests of processes and databases wait: one worker leaves a third of two processors idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    globalSetup: "./scripts/testPostgres.ts",
    // Hundreds of processes are started: what an earlier one compiled halves what each takes.
    env: {
      NODE_COMPILE_CACHE: join(import.meta.dirname, "node_modules/.cache/tidemark/compiled")
    },
    setupFiles: ["./scripts/property-seed.ts"],
    include: [
      "packages/**/test/**/*.test.ts",
      "examples/test/**/*.test.ts",
      "examples/snippets/*.test.ts",
      "scripts/*.test.ts"
    ],
    // Folders of packages link to each other: without the defaults a test would run once per link.
    exclude: [...configDefaults.exclude, "**/*.crash.test.ts"],
    reporters: ["default", "./scripts/closing-line.ts"],
    coverage: { provider: "v8", include: ["packages/**/src/**/*.ts"] }
  }
})
