/**
 * The carrier's JSON, checked byte by byte: nothing of an answer is believed that is not as the
 * contract says.
 *
 * **Source** — docs/reference/carrier-rest.md.
 */
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"

const reference = Schema.NonEmptyString.check(Schema.isMaxLength(64))
const id = Schema.NonEmptyString.check(Schema.isMaxLength(128))
const code = Schema.NonEmptyString.check(Schema.isMaxLength(64))
const replayed = Schema.Boolean

/** What an answer says of one message. */
export const Result = Schema.Union([
  Schema.Struct({ reference, status: Schema.Literal("accepted"), id, replayed }),
  Schema.Struct({ reference, status: Schema.Literal("refused"), code, replayed }),
  Schema.Struct({
    reference,
    status: Schema.Literal("throttled"),
    retryAfterSeconds: Schema.NullOr(Schema.Number),
    replayed
  }),
  Schema.Struct({ reference, status: Schema.Literals(["inProgress", "mismatch"]) })
])
export type Result = typeof Result.Type

const part = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 255 }))

/** A receipt. `part` 1 of `parts` null speaks of the whole message. */
export const Receipt = Schema.Struct({
  reference: Schema.NullOr(reference),
  id: Schema.NullOr(id),
  state: Schema.Literals([
    "accepted",
    "enroute",
    "delivered",
    "failed",
    "expired",
    "rejected",
    "unknown"
  ]),
  part,
  parts: Schema.NullOr(part),
  code: Schema.NullOr(code),
  at: Schema.String
})
export type Receipt = typeof Receipt.Type

const Found = Schema.Union([
  Schema.Struct({
    reference,
    found: Schema.Literal(true),
    id,
    receipt: Schema.NullOr(Receipt)
  }),
  Schema.Struct({ reference, found: Schema.Literal(false) })
])
export type Found = typeof Found.Type

const read = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownOption(Schema.fromJsonString(schema))
  return (text: string): A | undefined => Option.getOrUndefined(decode(text))
}

/** Results one by one: a strange one must not take the evidence about its neighbours away. */
const Results = Schema.Struct({ results: Schema.Array(Schema.Unknown) })
const decodeResults = Schema.decodeUnknownOption(Schema.fromJsonString(Results))
const decodeResult = Schema.decodeUnknownOption(Result)

/** The results of a submit; `undefined` where the text is no such answer. */
export const results = (text: string): ReadonlyArray<Result | undefined> | undefined => {
  const answer = Option.getOrUndefined(decodeResults(text))
  return answer?.results.map((result) => Option.getOrUndefined(decodeResult(result)))
}

/** The messages of a look-up; `undefined` where the text is no such answer. */
export const found = read(Schema.Struct({ messages: Schema.Array(Found) }))

/** The receipts of a poll or a push; `undefined` where the text is no such answer. */
export const receipts = read(Schema.Struct({ receipts: Schema.Array(Receipt) }))
