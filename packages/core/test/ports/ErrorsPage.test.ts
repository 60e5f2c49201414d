/** docs/reference/errors.md is the registry of error codes: it names what the ports can say. */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as core from "../../src/effect.ts"

const page = join(import.meta.dirname, "../../../../docs/reference/errors.md")

interface PortError {
  readonly isRetryable: boolean
  readonly message: string
}

interface Registered {
  readonly tag: string
  readonly reasons: ReadonlyArray<string>
  readonly of: (reason: string) => PortError
}

const secret = "+972501234567"

const registered = <R extends string>(
  tag: string,
  error: { readonly fields: { readonly reason: { readonly literals: ReadonlyArray<R> } } },
  make: (reason: R) => PortError
): Registered => {
  const reasons = error.fields.reason.literals
  return {
    tag,
    reasons,
    of: (reason) => make(reasons.find((known) => known === reason) ?? assert.fail(reason))
  }
}

const detail = "page 3"

const errors: ReadonlyArray<Registered> = [
  registered(
    "ClosingBalancesError",
    core.ClosingBalancesError,
    (reason) => new core.ClosingBalancesError({ reason, detail, cause: secret })
  ),
  registered(
    "CustomersError",
    core.CustomersError,
    (reason) => new core.CustomersError({ reason, detail, cause: secret })
  ),
  registered(
    "BalanceHistoryError",
    core.BalanceHistoryError,
    (reason) => new core.BalanceHistoryError({ reason, detail, cause: secret })
  ),
  registered(
    "ProgramStoreError",
    core.ProgramStoreError,
    (reason) => new core.ProgramStoreError({ reason, detail, cause: secret })
  ),
  registered(
    "SmsCarrierError",
    core.SmsCarrierError,
    (reason) => new core.SmsCarrierError({ reason, code: "HTTP_500", cause: secret })
  ),
  registered(
    "EventPublisherError",
    core.EventPublisherError,
    (reason) => new core.EventPublisherError({ reason, detail, cause: secret })
  ),
  registered(
    "OperationsError",
    core.OperationsError,
    (reason) => new core.OperationsError({ reason, detail, cause: secret })
  ),
  registered(
    "ReportRendererError",
    core.ReportRendererError,
    (reason) => new core.ReportRendererError({ reason, detail, cause: secret })
  ),
  registered(
    "SecretsError",
    core.SecretsError,
    (reason) => new core.SecretsError({ reason, detail, cause: secret })
  )
]

type Row = readonly [reason: string, retryable: string, meaning: string, whatToDo: string]

/** The page's tables by error. */
const sections = (text: string): ReadonlyMap<string, ReadonlyArray<Row>> =>
  new Map(
    text
      .split(/^## `/m)
      .slice(1)
      .map((section) => {
        // The part for hosts, at the end, lists codes of other classes.
        const own = section.slice(0, section.search(/^## /m) >>> 0)
        const rows = own
          .split("\n")
          .filter((line) => line.startsWith("| `"))
          .map((line): Row => {
            const [, reason = "", retryable = "", meaning = "", action = ""] = line
              .split("|")
              .map((cell) => cell.trim())
            return [reason.replaceAll("`", ""), retryable, meaning, action]
          })
        return [section.slice(0, section.indexOf("`")), rows] as const
      })
  )

describe("docs/reference/errors.md", () => {
  assert.isTrue(existsSync(page), page)
  const found = sections(readFileSync(page, "utf8"))

  it("has a section for every port's error, and for nothing else", () => {
    const exported = Object.keys(core).filter((name) => name.endsWith("Error"))
    assert.sameMembers(
      errors.map(({ tag }) => tag),
      exported
    )
    assert.sameMembers(Array.from(found.keys()), exported)
  })

  for (const { of, reasons, tag } of errors) {
    it(`lists the reasons of ${tag} in their order, and whether each is retryable`, () => {
      const rows = found.get(tag) ?? assert.fail(`no section ${tag}`)
      assert.deepStrictEqual(
        rows.map(([reason, retryable]) => [reason, retryable]),
        reasons.map((reason) => [reason, of(reason).isRetryable ? "yes" : "no"])
      )
    })

    it(`says of each reason of ${tag} what it means and what to do`, () => {
      for (const [reason, , meaning, whatToDo] of found.get(tag) ?? []) {
        assert.isAbove(meaning.length, 10, reason)
        assert.isAtLeast(whatToDo.length, 7, reason)
      }
    })

    it(`shows the reason of ${tag} in its message, and never its cause`, () => {
      for (const reason of reasons) {
        assert.include(of(reason).message, reason)
        assert.notInclude(of(reason).message, secret)
      }
    })
  }
})
