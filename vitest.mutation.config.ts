import { defineConfig } from "vitest/config"
import { excluded, included } from "./scripts/mutationTests.ts"

export default defineConfig({
  test: {
    isolate: false,
    testTimeout: 120_000,
    include: [included()],
    exclude: [...excluded],
    setupFiles: ["./scripts/pinned-seed.ts"]
  }
})
