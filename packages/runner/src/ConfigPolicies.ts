/**
 * The policies that stand in the settings, each pinned from its month on.
 *
 * **Source** — surfaces, Configuration; product rules, Rules (first paragraph).
 */
import { PolicyDocument } from "@tidemark/core/effect"
import { BusinessDate, CalendarMonth } from "@tidemark/core/rules"
import { withoutValue } from "./ConfigForm.ts"
import { isRecord } from "./ConfigSources.ts"

type Pinned = Exclude<ReturnType<typeof PolicyDocument.read>, PolicyDocument.RefusedDocument>

/** At least one policy. */
export type PinnedPolicies = readonly [Pinned, ...ReadonlyArray<Pinned>]

/** Every policy of a document, or what is wrong with any. */
export type ReadPolicies =
  | { readonly _tag: "Policies"; readonly policies: PinnedPolicies }
  | { readonly _tag: "Refused"; readonly problems: ReadonlyArray<string> }

/**
 * The policies of a document that need not be right otherwise, so that their problems are told with
 * all others. What is no list of policies at all is the schema's to tell.
 */
export const policiesIn = ({ Program }: Record<string, unknown>): ReadPolicies => {
  const list: unknown = isRecord(Program) ? Program["Policies"] : undefined
  const problems: Array<string> = []
  const policies: Array<Pinned> = []
  const months = new Set<string>()
  for (const [index, entry] of (Array.isArray(list) ? list : []).entries()) {
    if (!isRecord(entry) || !("Policy" in entry)) continue
    const path = `Program.Policies.${index}`
    const { EffectiveFrom, Policy } = entry
    const month = PolicyDocument.month(String(EffectiveFrom))
    if (months.has(String(EffectiveFrom))) {
      problems.push(`${path}.EffectiveFrom: another policy is in force from the same month`)
    }
    months.add(String(EffectiveFrom))
    // A wrong month is told by the schema; the policy is read all the same, for its own problems.
    const pinned = PolicyDocument.read(JSON.stringify(Policy), month ?? anyMonth)
    if (!("_tag" in pinned)) policies.push(pinned)
    else for (const problem of pinned.problems) problems.push(told(`${path}.Policy`, problem))
  }
  const [first, ...rest] = policies
  return problems.length > 0 || first === undefined
    ? { _tag: "Refused", problems }
    : { _tag: "Policies", policies: [first, ...rest] }
}

const anyMonth = CalendarMonth.of(BusinessDate.fromEpochDay(0))

const told = (where: string, { message, path }: { message: string; path: string }): string =>
  `${path === "" ? where : `${where}.${path}`}: ${withoutValue(message)}`
