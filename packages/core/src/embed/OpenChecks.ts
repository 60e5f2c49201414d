/**
 * What a host may have got wrong before anything runs: every problem at once.
 *
 * **Source** — architecture, Embedding; surfaces, Configuration (all problems at once).
 */
import * as Policies from "./Policies.ts"
import { StoreContent } from "./Store.ts"
import * as StoreParts from "./StoreParts.ts"
import { InputError, invalid, PolicyError, type Problem, refused } from "./TidemarkError.ts"
import type { OpenOptions } from "./TidemarkTypes.ts"

/**
 * The policies, pinned, of options that fit together.
 *
 * **Errors** — throws, first match wins: `InputError` with all problems, those of the policies
 * among them; `PolicyError` with all of theirs; `RefusedError.RealCarrier`.
 */
export const checked = (options: OpenOptions): Policies.PinnedPolicies => {
  const problems = optionProblems(options)
  const policies = Policies.read(options)
  if (problems.length > 0) {
    const all = policies instanceof PolicyError ? [...problems, ...policies.problems] : problems
    const words = all.map(({ message, path }) => `${path}: ${message}`).join("; ")
    throw new InputError("InputError.Invalid", words, { problems: all })
  }
  if (policies instanceof PolicyError) throw policies
  const { refusesRealCarrier } = StoreParts.partsOf(options.store)
  if (refusesRealCarrier !== undefined && options.carrier.sandbox !== true) {
    throw refused("RealCarrier", refusesRealCarrier)
  }
  return policies
}

/** An argument that must be some text; throws `InputError`. */
export const named = (path: string, value: unknown): string => {
  if (typeof value === "string" && value.trim() !== "") return value
  throw invalid(path, "expected some text")
}

/** By path: what must be a function. Hosts in plain JavaScript have no compiler to tell them. */
const functions: ReadonlyArray<readonly [part: string, name: string]> = [
  ["customers", "active"],
  ["customers", "contact"],
  ["customers", "mayContact"],
  ["carrier", "submit"],
  ["carrier", "receipts"],
  ["secrets", "clientReferenceKey"]
]

const optionProblems = (options: OpenOptions): ReadonlyArray<Problem> => {
  const problems: Array<Problem> = []
  const add = (path: string, message: string): void => {
    problems.push({ path, message })
  }
  if (typeof options.program !== "string" || !/^\S{1,64}$/.test(options.program)) {
    add("program", "expected a name without blanks, 64 characters at most")
  }
  for (const [part, name] of functions) {
    if (typeof memberOf(memberOf(options, part), name) !== "function") {
      add(`${part}.${name}`, "expected a function")
    }
  }
  problems.push(...evidenceProblems(options))
  if (memberOf(memberOf(options, "store"), StoreContent) === undefined) {
    add("store", "expected what postgres(), embedded() or memory() gives")
  }
  const capabilities = memberOf(memberOf(options, "carrier"), "capabilities")
  if (!isPositive(memberOf(capabilities, "maxBatch"))) {
    add("carrier.capabilities", "expected the carrier's capabilities, maxBatch at least 1")
  }
  const hasLookup = typeof memberOf(memberOf(options, "carrier"), "lookup") === "function"
  const declared = memberOf(capabilities, "lookup")
  if (declared !== undefined && declared !== "none" && !hasLookup) {
    add("carrier.lookup", "declared among the capabilities, but there is no function")
  }
  const account = memberOf(memberOf(options, "carrier"), "account")
  if (typeof account !== "string" || account === "") {
    add("carrier.account", "expected the name of the account at the carrier")
  }
  if (options.timeoutMs !== undefined && !isPositive(options.timeoutMs)) {
    add("timeoutMs", "expected milliseconds")
  }
  return problems
}

/** Balances are captured, or the bank's own table is read: never both. */
const evidenceProblems = ({ balances, history }: OpenOptions): ReadonlyArray<Problem> => {
  if (history === undefined) {
    if (typeof memberOf(balances, "page") === "function") return []
    return [{ path: "balances.page", message: "expected a function" }]
  }
  if (balances !== undefined) {
    const message = "give either balances, to be captured, or history, to be read where it is"
    return [{ path: "history", message }]
  }
  const given = ["monthBalances", "monthEvidence"].filter(
    (name) => typeof memberOf(history, name) === "function"
  )
  if (given.length === 1) return []
  return [{ path: "history", message: "expected one function, monthBalances or monthEvidence" }]
}

const isPositive = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 1

const memberOf = (value: unknown, name: string | symbol): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined
