/**
 * A host's pool of `pg` that asks for the plan of each statement right before it runs, on the same
 * connection, in the same transaction, with the same values.
 */
import type { Pool } from "pg"
import type { HostPool } from "../src/HostPool.ts"
import type { HostQuery } from "../src/HostSession.ts"

/** A node of a plan that reads a table or an index. */
export interface Scan {
  readonly type: string
  readonly relation: string
  readonly index: string
  /** What the index is entered by; empty where it is read from one end to the other. */
  readonly by: string
}

export interface Explained {
  /** One line, single blanks. */
  readonly statement: string
  readonly scans: ReadonlyArray<Scan>
}

interface Plan {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Index Name"?: string
  readonly "Index Cond"?: string
  readonly Plans?: ReadonlyArray<Plan>
}

const nodesOf = (plan: Plan): ReadonlyArray<Plan> => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]

/** A bitmap's index stands below the node that names the table. */
const relationOf = (plan: Plan): string =>
  plan["Relation Name"] ?? plan["Index Name"]?.replace(/_pkey$/, "") ?? ""

const scansOf = (plan: Plan): ReadonlyArray<Scan> =>
  nodesOf(plan)
    .filter((node) => node["Node Type"].endsWith("Scan"))
    .filter((node) => node["Relation Name"] !== undefined || node["Index Name"] !== undefined)
    .map((node) => ({
      type: node["Node Type"],
      relation: relationOf(node),
      index: node["Index Name"] ?? "",
      by: node["Index Cond"] ?? ""
    }))

const explainable = /^\s*(?:WITH|SELECT|INSERT|UPDATE|DELETE)\b/

/** Counting whole months reads them whole, in a transaction that says so by this setting. */
const counting = "'enable_nestloop'"

/** The pool; `told` is called with the plan of each statement, once for each wording. */
export const explained = (pool: Pool, told: (explained: Explained) => void): HostPool => {
  const known = new Set<string>()
  return {
    connect: async () => {
      const client = await pool.connect()
      let counts = false
      const explain = async ({ text, values }: HostQuery): Promise<void> => {
        known.add(text)
        const result = await client.query<{ readonly "QUERY PLAN": ReadonlyArray<{ Plan: Plan }> }>(
          `EXPLAIN (FORMAT JSON) ${text}`,
          values
        )
        const plan = result.rows[0]?.["QUERY PLAN"][0]?.Plan
        if (plan !== undefined) {
          told({ statement: text.replace(/\s+/g, " ").trim(), scans: scansOf(plan) })
        }
      }
      return {
        query: async (query) => {
          if (query.text.includes(counting)) counts = query.text.includes("'on'")
          if (/^(?:COMMIT|ROLLBACK|BEGIN)/.test(query.text)) counts = false
          if (!counts && explainable.test(query.text) && !known.has(query.text)) {
            await explain(query)
          }
          return client.query(query)
        },
        release: (destroy) => client.release(destroy),
        on: (event, listener) => client.on(event, listener),
        removeListener: (event, listener) => client.removeListener(event, listener)
      }
    }
  }
}
