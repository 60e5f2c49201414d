/**
 * What every `Customers` adapter must do, checked against a bank that fails by script.
 *
 * **Source** — product rules, "Recipient", "Days"; delivery protocol part 1, guard G.
 */
import * as Effect from "effect/Effect"
import { assert } from "vitest"
import * as CalendarMonth from "../calendar/CalendarMonth.ts"
import type { ActiveCustomer, CustomerPage, Customers } from "../ports/Customers.ts"
import * as Contract from "./Contract.ts"
import type { BankScript } from "./SandboxScript.ts"

/** A fresh bank's customers through the adapter. */
export interface CustomersDesk {
  readonly customers: (typeof Customers)["Service"]
}

/** The bank a check needs: its accounts open and close in `month`. */
export interface CustomersSetup {
  readonly script: BankScript
  readonly month: CalendarMonth.CalendarMonth
  readonly customers: number
  readonly pageSize: number
}

/** Makes the bank of a check. */
export type MakeCustomers = Contract.Make<CustomersSetup, CustomersDesk>

type CustomersCheck = Contract.Check<CustomersSetup, CustomersDesk>

const customers = 300

const monthOf = (text: string): CalendarMonth.CalendarMonth => {
  const month = CalendarMonth.parse(text)
  return month === undefined ? assert.fail(`no month: ${text}`) : month
}

const september = monthOf("2026-09")

const check = (
  name: string,
  script: BankScript,
  body: Contract.Body<CustomersDesk>
): CustomersCheck => ({
  name,
  setup: { script, month: september, customers, pageSize: 70 },
  needs: script.length === 0 ? "honest" : "scripted",
  run: Effect.fnUntraced(body)
})

const walk = (desk: CustomersDesk, month: CalendarMonth.CalendarMonth) =>
  Effect.gen(function* () {
    const found: Array<ActiveCustomer> = []
    let cursor: string | null = null
    do {
      const page: CustomerPage = yield* desk.customers.active(month, cursor)
      found.push(...page.customers)
      cursor = page.nextCursor
    } while (cursor !== null && found.length <= customers)
    return found
  })

const failures = [
  ["timeout", "Timeout", true],
  ["reset", "Unavailable", true],
  ["5xx", "Unavailable", true],
  ["429", "Throttled", true],
  ["401", "Unauthorized", false],
  ["malformed", "Malformed", false]
] as const

const active: ReadonlyArray<CustomersCheck> = [
  check(
    "gives each active customer once, in ascending order, with a primary account",
    [],
    function* (desk) {
      const found = yield* walk(desk, september)
      assert.lengthOf(found, customers)
      const ids = found.map(({ customerId }) => customerId)
      assert.deepStrictEqual(ids, ids.toSorted())
      assert.strictEqual(new Set(ids).size, ids.length)
      for (const { accounts } of found) {
        assert.lengthOf(
          accounts.filter(({ primary }) => primary),
          1
        )
      }
      assert.isTrue(found.some(({ accounts }) => accounts.length > 1))
    }
  ),
  check(
    "says when an account was opened or closed, and leaves out who was not active",
    [],
    function* (desk) {
      const during = yield* walk(desk, september)
      const opened = during.filter(({ accounts }) => accounts[0]?.openedOn !== null)
      const closed = during.filter(({ accounts }) => accounts[0]?.closedOn !== null)
      assert.isAbove(opened.length, 0)
      assert.isAbove(closed.length, 0)
      for (const { accounts } of [...opened, ...closed]) {
        const date = accounts[0]?.openedOn ?? accounts[0]?.closedOn ?? ""
        assert.isTrue(date.startsWith("2026-09-"))
      }
      assert.lengthOf(yield* walk(desk, monthOf("2026-08")), customers - opened.length)
      assert.lengthOf(yield* walk(desk, monthOf("2026-10")), customers - closed.length)
    }
  ),
  check("resumes at a cursor", [], function* (desk) {
    const first = yield* desk.customers.active(september, null)
    const second = yield* desk.customers.active(september, first.nextCursor)
    assert.deepStrictEqual(yield* desk.customers.active(september, first.nextCursor), second)
    const last = first.customers.at(-1)?.customerId ?? ""
    assert.isAbove((second.customers[0]?.customerId ?? "").localeCompare(last), 0)
  })
]

const atTheMomentOfUse: ReadonlyArray<CustomersCheck> = [
  check("answers for the ids asked for, and leaves unknown ones out", [], function* (desk) {
    const ids = ["C-0000001", "C-0000007", "nobody"]
    const contacts = yield* desk.customers.contact(ids)
    assert.deepStrictEqual(contacts.map(({ customerId }) => customerId).toSorted(), [
      "C-0000001",
      "C-0000007"
    ])
    const permissions = yield* desk.customers.mayContact(ids)
    assert.deepStrictEqual(permissions.map(({ customerId }) => customerId).toSorted(), [
      "C-0000001",
      "C-0000007"
    ])
    assert.deepStrictEqual(yield* desk.customers.contact([]), [])
    assert.deepStrictEqual(yield* desk.customers.mayContact([]), [])
  }),
  check(
    "tells absent data as null, and who may not be contacted with the reason",
    [],
    function* (desk) {
      const found = yield* walk(desk, september)
      const ids = found.map(({ customerId }) => customerId)
      const contacts = yield* desk.customers.contact(ids)
      assert.isTrue(contacts.some(({ phone }) => phone === null))
      assert.isTrue(contacts.some(({ language }) => language === "he"))
      const permissions = yield* desk.customers.mayContact(ids)
      const refused = permissions.filter(({ _tag }) => _tag === "MayNotContact")
      assert.isAbove(refused.length, 0)
      assert.isBelow(refused.length, customers / 10)
      for (const permission of refused) {
        if (permission._tag === "MayNotContact") assert.isNotEmpty(permission.reason)
      }
    }
  )
]

const failing: ReadonlyArray<CustomersCheck> = failures.map(([kind, reason, isRetryable]) =>
  check(
    `reports ${kind} as ${reason} for every question`,
    [
      { on: "customers", kind },
      { on: "contact", kind },
      { on: "permissions", kind }
    ],
    function* (desk) {
      const errors = [
        yield* Effect.flip(desk.customers.active(september, null)),
        yield* Effect.flip(desk.customers.contact(["C-0000001"])),
        yield* Effect.flip(desk.customers.mayContact(["C-0000001"]))
      ]
      for (const error of errors) {
        assert.strictEqual(error.reason, reason)
        assert.strictEqual(error.isRetryable, isRetryable)
      }
    }
  )
)

const checks: Contract.Checks<CustomersSetup, CustomersDesk> = [
  ["active", active],
  ["contact and permission", atTheMomentOfUse],
  ["failures", failing]
]

/** The whole contract, as one suite. */
export const customersContract = (
  name: string,
  make: MakeCustomers,
  counterpart: Contract.Counterpart = "scripted"
): void => {
  Contract.suite("Customers", name, checks, make, counterpart)
}

/** The names of the policies an adapter breaks; none for a sound one. */
export const failedCustomersChecks = (
  make: MakeCustomers,
  counterpart: Contract.Counterpart = "scripted"
): Effect.Effect<ReadonlyArray<string>> => Contract.failedChecks(checks, make, counterpart)
