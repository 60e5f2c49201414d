import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    isolate: false,
    testTimeout: 30_000,
    globalSetup: "./scripts/testPostgres.ts",
    include: [
      "packages/**/test/**/*.test.ts",
      "examples/test/**/*.test.ts",
      "examples/snippets/*.test.ts",
      "scripts/*.test.ts"
    ],
    reporters: ["default", "./scripts/closing-line.ts"],
    coverage: { provider: "v8", include: ["packages/**/src/**/*.ts"] }
  }
})
