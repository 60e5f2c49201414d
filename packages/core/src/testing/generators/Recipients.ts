/**
 * Telephone numbers as people write them and as carriers know them, and what a bank says of the
 * people behind them.
 */
import fc from "fast-check"
import type { MessageClass } from "../../recipient/Consent.ts"
import * as Msisdn from "../../recipient/Msisdn.ts"
import * as Suppression from "../../recipient/Suppression.ts"

const digits = (count: number): fc.Arbitrary<string> =>
  fc.stringMatching(new RegExp(`^[0-9]{${count}}$`))

/**
 * Numbers as a bank's records hold them: most of them Israeli mobiles and landlines, some foreign,
 * some no numbers at all.
 */
export const writtenPhones: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: digits(7).map((rest) => `05${rest}0`) },
  { weight: 4, arbitrary: digits(7).map((rest) => `+97252${rest}`) },
  { weight: 4, arbitrary: digits(4).map((rest) => `03602${rest}`) },
  { weight: 2, arbitrary: digits(10).map((rest) => `+1${rest}`) },
  { weight: 1, arbitrary: fc.stringMatching(/^[0-9]{1,18}$/) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 30 }) }
)

/** Regions for national forms, one that does not exist, and none. */
export const regions = fc.constantFrom("IL", "US", "GB", "ZZ", null)

/** E.164 numbers; one in four lies in a range sold for kosher handsets. */
export const msisdns: fc.Arbitrary<Msisdn.Msisdn> = fc
  .oneof(
    { weight: 3, arbitrary: digits(7).map((rest) => `+97252${rest}`) },
    { weight: 2, arbitrary: fc.stringMatching(/^\+[1-9][0-9]{6,14}$/) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom(...Msisdn.KOSHER_PREFIXES), digits(5))
        .map(([prefix, rest]) => prefix + rest)
    }
  )
  .map(Msisdn.fromE164)
  .filter((msisdn) => msisdn !== undefined)

/** How the law may see a message. */
export const messageClasses = fc.constantFrom<MessageClass>("service", "advertisement")

/** The few customers and numbers that the lists below are about, so that they meet. */
export const customerIds = fc.constantFrom("C-1", "C-2")

/** Lines of a suppression list about few customers and numbers, around the instant 500. */
export const suppressions = (
  numbers: readonly [Msisdn.Msisdn, ...ReadonlyArray<Msisdn.Msisdn>]
): fc.Arbitrary<Suppression.Suppression> =>
  fc.record({
    subject: fc.oneof(
      customerIds.map((customerId): Suppression.Subject => ({ _tag: "Customer", customerId })),
      fc.constantFrom(...numbers).map((msisdn): Suppression.Subject => ({ _tag: "Number", msisdn }))
    ),
    reason: fc.constantFrom("OPTED_OUT", "CARRIER_BLOCKED", "COMPLAINT", "OPERATOR"),
    scope: fc.constantFrom("all", "advertisement"),
    sinceMs: fc.oneof(fc.integer({ min: 498, max: 502 }), fc.nat(1_000), fc.nat(400_000)),
    evidenceId: fc.constantFrom("E-1", "E-2")
  })

/** Exclusions a bank declares: none in three of four. */
export const exclusions: fc.Arbitrary<ReadonlyArray<Suppression.Exclusion>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.subarray([...Suppression.EXCLUSIONS]) }
)
