import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import * as BalancePolicy from "../../src/balance/BalancePolicy.ts"
import * as BusinessDate from "../../src/calendar/BusinessDate.ts"
import * as CalendarMonth from "../../src/calendar/CalendarMonth.ts"
import * as RetryPolicy from "../../src/delivery/RetryPolicy.ts"
import * as SendWindow from "../../src/delivery/SendWindow.ts"
import * as MessagePolicy from "../../src/message/MessagePolicy.ts"
import type * as ProgramPolicy from "../../src/policy/ProgramPolicy.ts"
import * as PolicyDocument from "../../src/ports/PolicyDocument.ts"
import * as QualificationPolicy from "../../src/qualification/QualificationPolicy.ts"
import * as RecipientPolicy from "../../src/recipient/RecipientPolicy.ts"
import * as SchedulePolicy from "../../src/schedule/SchedulePolicy.ts"

const month = CalendarMonth.of(BusinessDate.unchecked("2026-10-01"))
const least = { message: { messageClass: "service" }, schedule: { startsOn: "2026-10-01" } }

type Part = Readonly<Record<string, unknown>>

const read = (document: Part) => PolicyDocument.read(JSON.stringify(document), month)

const policyOf = (document: Part): ProgramPolicy.ProgramPolicy => {
  const pinned = read(document)
  if ("_tag" in pinned) return assert.fail(JSON.stringify(pinned.problems))
  return pinned.policy
}

const problemsOf = (text: string): ReadonlyArray<string> => {
  const pinned = PolicyDocument.read(text, month)
  if (!("_tag" in pinned)) return []
  return pinned.problems.map(({ message, path }) => `${path}: ${message}`)
}

describe("a document that says the least", () => {
  it("takes every default from the room that owns it", () => {
    assert.deepStrictEqual(policyOf(least), {
      calendar: { zone: "Asia/Jerusalem", rules: "israel", overrides: [] },
      balance: BalancePolicy.defaultBalancePolicy,
      qualification: QualificationPolicy.defaultQualificationPolicy,
      recipient: RecipientPolicy.DEFAULTS,
      message: { ...MessagePolicy.DEFAULTS, messageClass: "service" },
      sendWindow: SendWindow.defaults,
      delivery: RetryPolicy.defaults,
      schedule: {
        ...SchedulePolicy.defaultSchedulePolicy,
        startsOn: BusinessDate.unchecked("2026-10-01")
      },
      events: { balanceVerified: true }
    })
  })

  it("is the same as one that opens every part and says nothing in it", () => {
    const parts = ["calendar", "qualification", "recipient", "sendWindow", "delivery", "events"]
    const open = Object.fromEntries(parts.map((part) => [part, {}]))
    const document = { ...least, ...open, balance: { limits: {} } }
    assert.deepStrictEqual(policyOf(document), policyOf(least))
  })

  it("is pinned from its month on", () => {
    const pinned = read(least)
    assert.isTrue(!("_tag" in pinned) && pinned.effectiveFrom === month)
  })
})

describe("a field that is said", () => {
  const cases: ReadonlyArray<
    readonly [path: string, said: unknown, found?: (policy: ProgramPolicy.ProgramPolicy) => unknown]
  > = [
    ["calendar.zone", "Europe/Berlin"],
    ["balance.carryForward", "none"],
    ["balance.limits.minimumCoverageBasisPoints", 1],
    ["balance.limits.maximumUnchangedBasisPoints", 2],
    ["balance.limits.maximumPassRateJumpBasisPoints", 3],
    ["balance.limits.minimumAccountsForRates", 4],
    ["balance.limits.anomalyMinimumHistory", 5],
    ["balance.limits.anomalyDeviations", 6],
    ["qualification.accounts", "sumOfAccounts"],
    ["qualification.approval", "automatic"],
    ["qualification.maximumWaivedDays", 0],
    ["recipient.region", "DE"],
    ["recipient.kosherPrefixes", ["+97252"]],
    ["recipient.excludeKosher", true],
    ["recipient.keywords", [{ action: "stop", language: "en", word: "out" }]],
    ["message.defaultLanguage", "en"],
    ["message.bankName", "Sandbox"],
    ["message.size", { characters: 160, gsm7Segments: 1, ucs2Segments: 3 }],
    ["message.smartEncoding", false],
    ["message.sender", { id: "0521234567", canReceiveReplies: true }],
    ["message.legalLines", { he: { opening: "פרסומת", closing: "להסרה: הסר" } }],
    ["sendWindow.ordinary", { fromMinute: 480, toMinute: 481 }],
    ["sendWindow.short", null],
    ["sendWindow.closed", { fromMinute: 600, toMinute: 700 }],
    ["sendWindow.mourning", { fromMinute: 0, toMinute: 1440 }],
    ["schedule.captureAfterMinutes", 0],
    ["schedule.backfillEveryMs", 1],
    ["schedule.lateAfterMs", 2],
    ["events.balanceVerified", false],
    [
      "balance.threshold",
      "20000.01",
      (policy) => policy.balance.thresholdMinorUnits === 2_000_001n
    ],
    ["balance.currency", "EUR"],
    [
      "balance.limits.implausibleAmount",
      "5",
      (policy) => policy.balance.limits.implausibleMinorUnits === 500n
    ],
    ...Object.keys(RetryPolicy.defaults)
      .filter((name) => name !== "leaseMs" && name !== "maxRows" && name !== "retryGapMs")
      .map((name) => [`delivery.${name}`, 1] as const),
    ["delivery.leaseMs", 999_999],
    ["delivery.retryGapMs", 99_999_999],
    ["delivery.maxRows", 9]
  ]

  const within = (value: unknown, path: string): unknown =>
    path
      .split(".")
      .reduce<unknown>(
        (part, name) => Object.entries(part ?? {}).find(([key]) => key === name)?.[1],
        value
      )

  const saying = (path: string, said: unknown): Part => {
    const [part = "", name = "", inner] = path.split(".")
    const base: Part = Object.entries(least).find(([key]) => key === part)?.[1] ?? {}
    return { ...least, [part]: { ...base, [name]: inner === undefined ? said : { [inner]: said } } }
  }

  for (const [path, said, found] of cases) {
    it(`${path} is what the policy has`, () => {
      const policy = policyOf(saying(path, said))
      if (found === undefined) assert.deepStrictEqual(within(policy, path), said)
      else assert.isTrue(found(policy))
      assert.notDeepEqual(policy, policyOf(least))
    })
  }

  it("reads the threshold in the currency of the document", () => {
    const yen = policyOf({ ...least, balance: { threshold: "15000", currency: "JPY" } })
    assert.strictEqual(yen.balance.thresholdMinorUnits, 15_000n)
  })

  it("reads calendars with weekends, holidays and overrides", () => {
    const rules = {
      weekend: [0, 6],
      holidays: [{ date: "2026-12-25", name: "Christmas" }],
      endsAtMinute: 960,
      shortDays: [5]
    }
    const overrides = [
      { date: "2026-12-28", kind: "closed", reason: "system move", closedReason: "declared" },
      { date: "2026-12-26", kind: "open", reason: "sale", endsAtMinute: 720, mourning: false }
    ]
    const { calendar } = policyOf({
      ...least,
      calendar: { zone: "Europe/Berlin", rules, overrides }
    })
    assert.deepStrictEqual(calendar.rules, { ...rules, holidays: [...calendarHolidays] })
    assert.deepStrictEqual(
      calendar.overrides.map((override) => `${override.date} ${override.kind}`),
      ["2026-12-28 closed", "2026-12-26 open"]
    )
  })

  it("leaves out the end of the day where the document does", () => {
    const { calendar } = policyOf({
      ...least,
      calendar: { rules: { weekend: [], holidays: [] } }
    })
    assert.deepStrictEqual(calendar.rules, { weekend: [], holidays: [] })
  })
})

const calendarHolidays = [{ date: BusinessDate.unchecked("2026-12-25"), name: "Christmas" }]

describe("a document that is refused", () => {
  const table: ReadonlyArray<
    readonly [name: string, document: Part | string, problems: ReadonlyArray<string>]
  > = [
    ["no JSON", "{", [": Expected a valid JSON string"]],
    ["no object", "[]", [": Expected object"]],
    [
      "nothing at all",
      {},
      [
        'message: missing: say at least messageClass, "service" or "advertisement", which ' +
          "has no default",
        "schedule: missing: say at least startsOn, the first business date to capture"
      ]
    ],
    [
      "no class of message, explained",
      { ...least, message: {} },
      [
        'message.messageClass: say "service" (about an account the customer has) or ' +
          '"advertisement" (needs known consent, a sender that receives replies, and the legal ' +
          "lines); there is no default"
      ]
    ],
    [
      "no start",
      { ...least, schedule: {} },
      ["schedule.startsOn: say the first business date to capture, written YYYY-MM-DD"]
    ],
    ["an unknown field", { ...least, speed: 1 }, ["speed: Expected no excess property"]],
    [
      // A month never mixes kinds, nor takes a day of another kind from the month before.
      "another kind of balance, which no policy can change to",
      { ...least, balance: { kind: "closingAvailable" } },
      ["balance.kind: Expected no excess property"]
    ],
    [
      "a misspelt field inside a part",
      { ...least, balance: { treshold: "1.00" } },
      ["balance.treshold: Expected no excess property"]
    ],
    [
      "another class",
      { ...least, message: { messageClass: "spam" } },
      ['message.messageClass: Expected "service" | "advertisement"']
    ],
    [
      "a number for an amount",
      { ...least, balance: { threshold: 15_000 } },
      ["balance.threshold: Expected string"]
    ],
    [
      "an exponent",
      { ...least, balance: { threshold: "1e4" } },
      ['balance.threshold: an amount such as "15000.00"']
    ],
    [
      "a thousands separator",
      { ...least, balance: { threshold: "15,000.00" } },
      ['balance.threshold: an amount such as "15000.00"']
    ],
    [
      "more decimals than the currency has",
      { ...least, balance: { threshold: "15000.005" } },
      ["balance.threshold: TooManyDecimals"]
    ],
    [
      "an implausible amount with more decimals than the currency has",
      { ...least, balance: { limits: { implausibleAmount: "1.005" } } },
      ["balance.limits.implausibleAmount: TooManyDecimals"]
    ],
    [
      "gold for a currency",
      { ...least, balance: { currency: "XAU" } },
      ["balance.currency: an ISO 4217 currency code"]
    ],
    [
      "a currency that has no such threshold as the default, which must be said then",
      { ...least, balance: { currency: "JPY" } },
      ["balance.threshold: TooManyDecimals"]
    ],
    [
      "a currency in small letters",
      { ...least, balance: { currency: "ils" } },
      ["balance.currency: an ISO 4217 currency code"]
    ],
    [
      "30 February",
      { ...least, schedule: { startsOn: "2026-02-30" } },
      ["schedule.startsOn: a date that exists, written YYYY-MM-DD"]
    ],
    [
      "29 February of no leap year",
      { ...least, schedule: { startsOn: "2027-02-29" } },
      ["schedule.startsOn: a date that exists, written YYYY-MM-DD"]
    ],
    [
      "a fraction of a millisecond",
      { ...least, delivery: { scanMs: 1.5 } },
      ["delivery.scanMs: Expected an integer"]
    ],
    [
      "a duration of nothing",
      { ...least, delivery: { scanMs: 0 } },
      ["delivery.scanMs: Expected a value greater than or equal to 1"]
    ],
    [
      "parts that do not fit each other",
      {
        ...least,
        delivery: { leaseMs: 1 },
        sendWindow: { ordinary: { fromMinute: 9, toMinute: 9 } }
      },
      ["sendWindow.ordinary: EMPTY", "delivery: LEASE_TOO_SHORT"]
    ],
    [
      "several things at once, each with its path",
      {
        message: { messageClass: "service", smartEncoding: "yes", sender: { id: "x" } },
        schedule: { startsOn: "today", lateAfterMs: -1 },
        calendar: { overrides: [{ date: "2026-13-01", kind: "closed", reason: "x" }] },
        extra: true
      },
      [
        "calendar.overrides.0.date: a date that exists, written YYYY-MM-DD",
        "message.smartEncoding: Expected boolean",
        "message.sender.canReceiveReplies: Missing key",
        "schedule.startsOn: a date that exists, written YYYY-MM-DD",
        "schedule.lateAfterMs: Expected a value greater than or equal to 1",
        "extra: Expected no excess property"
      ]
    ]
  ]
  for (const [name, document, problems] of table) {
    it(`for ${name}`, () => {
      const text = typeof document === "string" ? document : JSON.stringify(document)
      assert.sameMembers([...problemsOf(text)], [...problems])
    })
  }
})

describe("the hash of a policy", () => {
  const hashOf = (text: string): string => {
    const pinned = PolicyDocument.read(text, month)
    return "_tag" in pinned ? assert.fail(JSON.stringify(pinned.problems)) : pinned.hash
  }
  const text = JSON.stringify(least)

  it("is the SHA-256 of its bytes in hexadecimal", () => {
    assert.match(hashOf(text), /^[0-9a-f]{64}$/)
    assert.strictEqual(
      hashOf('{"message":{"messageClass":"service"},"schedule":{"startsOn":"2026-10-01"}}'),
      "a0af170dd2a23d8fedb69aa6de6da63a13322a13334ddb3e6e15c3fb417f02b0"
    )
  })

  it("is the same for the same text, and another for one byte more that means nothing", () => {
    assert.strictEqual(hashOf(text), hashOf(text))
    assert.notStrictEqual(hashOf(`${text} `), hashOf(text))
  })
})

describe("the month a policy is in force from", () => {
  it("is a month that exists", () => {
    assert.strictEqual(PolicyDocument.month("2026-10"), month)
    assert.isUndefined(PolicyDocument.month("2026-13"))
    assert.isUndefined(PolicyDocument.month("2026-1"))
  })
})

describe("docs/reference/policy.schema.json", () => {
  it("is what scripts/policySchema.ts writes", () => {
    const file = join(import.meta.dirname, "../../../../docs/reference/policy.schema.json")
    assert.deepStrictEqual(JSON.parse(readFileSync(file, "utf8")), PolicyDocument.jsonSchema())
  })
})
