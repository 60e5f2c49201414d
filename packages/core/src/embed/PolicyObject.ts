/**
 * The policy as a host writes it: a plain object of the form of the policy document. Amounts are
 * decimal text, instants of the day minutes, durations milliseconds in `…Ms`. What is left out
 * takes the default of its room; `message.messageClass` and `schedule.startsOn` have none.
 *
 * A test holds this form and the document's schema together.
 *
 * **Source** — product rules, Rules; surfaces, Configuration.
 */

type Language = "he" | "en" | "ar" | "ru"

interface Hours {
  readonly fromMinute: number
  readonly toMinute: number
}

interface Texts {
  readonly text: string
  readonly withoutName: string
}

interface LegalLines {
  readonly opening: string
  readonly closing: string
}

type CalendarOverride =
  | {
      readonly date: string
      readonly kind: "closed"
      readonly reason: string
      readonly closedReason?: "shabbat" | "weekend" | "holiday" | "mourning" | "declared"
    }
  | {
      readonly date: string
      readonly kind: "open"
      readonly reason: string
      readonly endsAtMinute?: number
      readonly mourning?: boolean
    }

interface CalendarPart {
  readonly zone?: string
  readonly rules?:
    | "israel"
    | {
        readonly weekend: ReadonlyArray<0 | 1 | 2 | 3 | 4 | 5 | 6>
        readonly holidays: ReadonlyArray<{ readonly date: string; readonly name: string }>
        readonly endsAtMinute?: number
        readonly shortDays?: ReadonlyArray<0 | 1 | 2 | 3 | 4 | 5 | 6>
      }
  readonly overrides?: ReadonlyArray<CalendarOverride>
}

interface BalancePart {
  readonly threshold?: string
  readonly currency?: string
  readonly carryForward?: "none" | "bank-days" | "always"
  readonly limits?: {
    readonly minimumCoverageBasisPoints?: number
    readonly maximumUnchangedBasisPoints?: number
    readonly maximumPassRateJumpBasisPoints?: number
    readonly minimumAccountsForRates?: number
    readonly anomalyMinimumHistory?: number
    readonly anomalyDeviations?: number
  }
}

interface RecipientPart {
  readonly region?: string
  readonly kosherPrefixes?: ReadonlyArray<string> | null
  readonly excludeKosher?: boolean
  readonly keywords?: ReadonlyArray<{
    readonly action: "stop" | "start" | "help"
    readonly language: string
    readonly word: string
  }>
}

interface MessagePart {
  readonly messageClass: "service" | "advertisement"
  readonly defaultLanguage?: Language
  readonly templates?: { readonly [L in Language]?: Texts }
  readonly bankName?: string | null
  readonly legalLines?: { readonly [L in Language]?: LegalLines }
  readonly size?: {
    readonly characters: number
    readonly gsm7Segments: number
    readonly ucs2Segments: number
  }
  readonly smartEncoding?: boolean
  readonly sender?: { readonly id: string; readonly canReceiveReplies: boolean }
}

interface DeliveryPart {
  readonly leaseMs?: number
  readonly scanMs?: number
  readonly requestDeadlineMs?: number
  readonly marginMs?: number
  readonly networkLifetimeMs?: number
  readonly skewMs?: number
  readonly maxTrustedSkewMs?: number
  readonly graceMs?: number
  readonly retryGapMs?: number
  readonly maxConsumed?: number
  readonly maxRows?: number
  readonly replayCap?: number
  readonly confirmationWindowMs?: number
  readonly pollEveryMs?: number
  readonly validityMs?: number
  readonly expiryWindowDays?: number
  readonly contactFreshMs?: number
}

/** A whole policy. `effectiveFrom` of a `policies` entry says from which month it is in force. */
export interface PolicyObject {
  readonly calendar?: CalendarPart
  readonly balance?: BalancePart
  readonly qualification?: {
    readonly accounts?: "primaryAccount" | "anyAccount" | "sumOfAccounts"
    readonly approval?: "automatic" | "twoPeople"
    readonly maximumWaivedDays?: number
  }
  readonly recipient?: RecipientPart
  readonly message: MessagePart
  readonly sendWindow?: {
    readonly ordinary?: Hours | null
    readonly short?: Hours | null
    readonly closed?: Hours | null
    readonly mourning?: Hours | null
  }
  readonly delivery?: DeliveryPart
  readonly schedule: {
    readonly startsOn: string
    readonly captureAfterMinutes?: number
    readonly backfillEveryMs?: number
    readonly lateAfterMs?: number
  }
  readonly events?: { readonly balanceVerified?: boolean }
}
