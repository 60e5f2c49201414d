/** Which tests must kill the mutants of a room: its own. scripts/mutation.ts names the room. */

/** The test files of the room, as a pattern. */
export const included = (): string =>
  `packages/core/test/${process.env["TIDEMARK_MUTATION_ROOM"] ?? "*"}/**/*.test.ts`

/** A child process does not run the mutant; the others would run each for seconds or minutes. */
export const excluded: ReadonlyArray<string> = [
  "**/ProcessZone.test.ts",
  "**/Specification.properties.test.ts",
  "**/*.simulation.test.ts"
]
