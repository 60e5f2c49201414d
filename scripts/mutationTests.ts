/** Which tests must kill the mutants of a room: its own. scripts/mutation.ts names the room. */

/** The test files of the room, as a pattern. */
export const included = (): string =>
  `packages/core/test/${process.env["TIDEMARK_MUTATION_ROOM"] ?? "*"}/**/*.test.ts`

/**
 * A child process does not run the mutant, a page of what real processes came to knows none; the
 * others would run each for seconds or minutes.
 */
export const excluded: ReadonlyArray<string> = [
  "**/CrashMatrixPage.test.ts",
  "**/ProcessZone.test.ts",
  "**/Specification.properties.test.ts",
  "**/*.simulation.test.ts"
]
