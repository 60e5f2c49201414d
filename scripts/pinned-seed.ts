/**
 * Fixes the inputs of property tests while mutants are counted, so that a score does not move
 * between two runs of the same code; a failing property need not be shrunk to kill a mutant.
 */
import * as fc from "fast-check"

fc.configureGlobal({ seed: 20_260_801, endOnFailure: true })
