import { defineConfig } from "vitest/config"

/** The tests that must kill the mutants of one room: its own. scripts/mutation.ts names the room. */
const room = process.env["TIDEMARK_MUTATION_ROOM"] ?? "*"

export default defineConfig({
  test: {
    isolate: false,
    testTimeout: 120_000,
    include: [`packages/core/test/${room}/**/*.test.ts`],
    // A child process does not run the mutant; the others would run each for seconds or minutes.
    exclude: [
      "**/ProcessZone.test.ts",
      "**/Specification.properties.test.ts",
      "**/*.simulation.test.ts"
    ],
    setupFiles: ["./scripts/pinned-seed.ts"]
  }
})
