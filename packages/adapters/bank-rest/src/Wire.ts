/**
 * The bank's JSON, checked byte by byte.
 *
 * Rows of balances are checked one by one (`ClosingBalances`), so that one bad row does not take a
 * page away; everything else is as the contract says or the whole answer is malformed.
 *
 * **Source** — docs/reference/bank-rest.md.
 */
import { BusinessDate } from "@tidemark/core/rules"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const id = Schema.NonEmptyString.check(Schema.isMaxLength(64))
const cursor = Schema.NonEmptyString.check(Schema.isMaxLength(512))

const date = Schema.String.check(
  Schema.makeFilter((text) => BusinessDate.parse(text) !== undefined, { expected: "a date" })
)

export const BalancesPage = Schema.Struct({
  businessDate: Schema.String,
  items: Schema.Array(Schema.Unknown),
  nextCursor: Schema.NullOr(cursor),
  controlTotals: Schema.NullOr(
    Schema.Struct({
      count: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
      sum: Schema.String
    })
  )
})

export const CustomersPage = Schema.Struct({
  customers: Schema.Array(
    Schema.Struct({
      customerId: id,
      accounts: Schema.Array(
        Schema.Struct({
          accountId: id,
          primary: Schema.Boolean,
          openedOn: Schema.NullOr(date),
          closedOn: Schema.NullOr(date)
        })
      )
    })
  ),
  nextCursor: Schema.NullOr(cursor)
})

export const Contacts = Schema.Struct({
  contacts: Schema.Array(
    Schema.Struct({
      customerId: id,
      phone: Schema.NullOr(Schema.String.check(Schema.isMaxLength(64))),
      firstName: Schema.NullOr(Schema.String.check(Schema.isMaxLength(200))),
      language: Schema.NullOr(Schema.String.check(Schema.isMaxLength(35)))
    })
  )
})

export const Permissions = Schema.Struct({
  permissions: Schema.Array(
    Schema.Union([
      Schema.Struct({
        customerId: id,
        mayContact: Schema.Literal(true),
        consentKnown: Schema.Boolean
      }),
      Schema.Struct({
        customerId: id,
        mayContact: Schema.Literal(false),
        kind: Schema.Literals(["suppressed", "excluded"]),
        reason: Schema.NonEmptyString.check(Schema.isMaxLength(64))
      })
    ])
  )
})
export type Permission = (typeof Permissions.Type)["permissions"][number]

/** Reads a text as one of these; `undefined` where it is not. */
export const reader = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownOption(Schema.fromJsonString(schema))
  return (text: string): A | undefined => Option.getOrUndefined(decode(text))
}
