/**
 * A walk through September 2025 as an operator: holidays, an outage, a closure, a day that never
 * comes, a correction, approvals, a silent carrier, a complaint call. Whatever a command prints
 * must say what to do next; nobody gets stuck. Told for people in docs/operating/month.md.
 *
 * **Source** — surfaces, command line; product rules, Days, Send window, Delivery, Dispositions.
 */
import { setTimeout } from "node:timers/promises"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as September from "./September.ts"

const month = "2025-09"
const patience = { timeout: 120_000 }
let walk: Awaited<ReturnType<typeof September.open>>

beforeAll(async () => {
  walk = await September.open()
}, patience.timeout)
afterAll(() => walk.close())

/** What a command that succeeds prints. */
const told = async (line: string): Promise<string> => {
  const { code, refusal, text } = await walk.type(line)
  assert.strictEqual(code, 0, `${line}: ${refusal}`)
  return text
}

/** The one line a command is refused with. */
const refused = async (line: string, exit = 2): Promise<string> => {
  const { code, refusal } = await walk.type(line)
  assert.strictEqual(code, exit, `${line}: ${refusal}`)
  return refusal
}

/** The first match of a group in what was printed: a hash or an id that the next command needs. */
const taken = (text: string, pattern: RegExp): string =>
  pattern.exec(text)?.[1] ?? assert.fail(`${String(pattern)} is not in: ${text}`)

const hashIn = (text: string): string => taken(text, /--hash ([0-9a-f]{64}) --by WHO/)
const proposalIn = (text: string): string => taken(text, /`tidemark confirm (\S+) --by WHO`/)

/** Mornings at nine of the bank, a tick each. */
const mornings = async (from: number, to: number): Promise<ReadonlyArray<string>> => {
  const printed: Array<string> = []
  for (let day = from; day <= to; day++) {
    await walk.at(`${month}-${String(day).padStart(2, "0")}T06:00:00Z`)
    printed.push(await told("tick"))
  }
  return printed
}

const dispositions = async (): Promise<Readonly<Record<string, number>>> => {
  const report = JSON.parse(await told(`report --month ${month}`)) as {
    readonly delivery: { readonly dispositions: Readonly<Record<string, number>> }
    readonly conservation: ReadonlyArray<{ readonly holds: boolean }>
  }
  for (const { holds } of report.conservation) assert.isTrue(holds)
  return report.delivery.dispositions
}

describe("September 2025 at the desk", () => {
  // Caught: an empty feed taken for a quiet night, so that the month fails everyone at its end.
  it("asks about a date on which the bank gave nothing of anybody", patience, async () => {
    const printed = await mornings(1, 12)
    assert.match(printed[0] ?? "", /^capture 2025-08-31: 11\n/)
    const asked = printed.at(-1) ?? ""
    assert.match(asked, /2025-09-11: the bank gave no balance of anybody; it is asked again/)
    assert.match(asked, /tidemark capture --date 2025-09-11\n/)
    assert.match(asked, /tidemark closure declare --date 2025-09-11 --reason WHY --by WHO\n/)
    const { code, text } = await walk.type("doctor")
    assert.strictEqual(code, 1)
    assert.match(text, /WRONG {2}people: 2025-09-11: the bank gave no balance of anybody/)
  })

  it("takes a closure for what it was, once somebody has said so", patience, async () => {
    const reason = `--reason "emergency order" --by dana`
    assert.match(
      await told(`closure declare --date 2025-09-11 ${reason}`),
      /^2025-09-11: closed; the last balance before it counts, and nothing is sent that day\n$/
    )
    assert.notInclude(await told("doctor"), "people")
    assert.notInclude(await told("tick"), "2025-09-11")
  })

  it("catches an outage up when the bank gives its balances", patience, async () => {
    const printed = await mornings(13, 18)
    assert.match(printed.at(-1) ?? "", /2025-09-17: the bank gave no balance of anybody/)
    assert.match(
      await told("capture --date 2025-09-17"),
      /^2025-09-17: 0 stored, 0 superseded.*\n2025-09-17: the bank gave no balance of anybody;/
    )
    walk.bank.outages.clear()
    const again = await told("capture --date 2025-09-17")
    assert.strictEqual(again, "2025-09-17: 11 stored, 0 superseded, 0 in conflict, 0 issues\n")
    assert.notInclude(await told("doctor"), "people")
  })

  it("asks for nothing on Shabbat and over Rosh Hashanah", patience, async () => {
    const printed = await mornings(19, 30)
    const captured = printed.flatMap((text) =>
      Array.from(text.matchAll(/^capture (\S+): 11$/gm), ([, date]) => date)
    )
    const days = ["18", "19", "21", "22", "25", "26", "28", "29"]
    assert.deepStrictEqual(
      captured,
      days.map((day) => `${month}-${day}`)
    )
  })

  // Caught: a month that waits without saying for which day of whom.
  it("names the day and the customer a month waits for", patience, async () => {
    await walk.at("2025-10-01T06:00:00Z")
    const printed = await told("tick")
    assert.match(printed, /2025-09: 1 customer \(C-04\) without a balance on 2025-09-09; the bank/)
    assert.match(printed, /tidemark waive --customer C-04 --dates 2025-09-09 --reason WHY --by/)
    assert.match(await refused(`qualify --month ${month}`, 1), /not decided yet/)
    assert.match(await refused(`explain --customer C-04 --month ${month}`), /is not decided yet/)
  })

  it("waives it by two people, and only by two", patience, async () => {
    const proposed = await told(
      `waive --customer C-04 --dates 2025-09-09 --reason "the branch moved" --by dana`
    )
    assert.match(proposed, /^proposed \S+: waive 2025-09-09 of customer C-04\nnothing has changed/)
    const id = proposalIn(proposed)
    assert.match(await told("tick"), /1 proposed, and nothing changed before a second person/)
    assert.match(await told("confirm"), new RegExp(`^${id}: waive 2025-09-09 of customer C-04;`))
    assert.match(await refused(`confirm ${id} --by Dana`), /dana proposed it, so somebody else/)
    assert.match(await told(`confirm ${id} --by noa`), /^confirmed: waive 2025-09-09/)
  })

  it("decides, and asks for two approvals of what it decided", patience, async () => {
    const printed = await told(`qualify --month ${month}`)
    assert.match(printed, /^qualify 2025-09: 11\nreport 2025-09 provisional: 1\n/)
    assert.match(printed, /2025-09: approved by 0 of 2\n/)
    assert.match(printed, /\n2025-09 decided: 8 of 11 qualified, 0 undetermined; hash /)
    assert.match(await told("doctor"), /ok {5}people: 2025-09: approved by 0 of 2\n/)
    const { pending, qualified, unreachable } = await dispositions()
    assert.deepStrictEqual(
      { pending, qualified, unreachable },
      { pending: 7, qualified: 8, unreachable: 1 }
    )
  })

  // Caught: the second approval taken while a correction waited to be looked at.
  it("refuses a hash that a correction has made stale", patience, async () => {
    await walk.at("2025-10-03T06:30:00Z")
    const approve = (hash: string, by: string) =>
      `approve --month ${month} --hash ${hash} --by ${by}`
    const stale = hashIn(await told("tick"))
    assert.match(await told(approve(stale, "dana")), /a second one must approve the same hash/)
    assert.match(
      await told(
        "correct --account A-06 --date 2025-09-16 --amount 15000.00 " +
          `--reason "a digit lost" --by dana`
      ),
      /the earlier amount is kept\n1 customer is decided again by the next `tidemark qualify`/
    )
    assert.match(await refused(approve(stale, "noa")), /have changed since it was decided: run/)
    const printed = await told(`qualify --month ${month}`)
    assert.match(printed, /redecide: 1\n2025-09: approved by 0 of 2\n/)
    assert.match(printed, /decided: 9 of 11 qualified/)
    const hash = hashIn(printed)
    assert.notStrictEqual(hash, stale)
    assert.match(await refused(approve(stale, "noa")), /they have changed, or it was mistyped/)
    assert.match(await told(approve(hash, "noa")), /by one person/)
    assert.match(await refused(approve(hash, "Noa")), /the same person cannot approve twice/)
    assert.match(await told(approve(hash, "dana")), /^approved: it is released by the next/)
  })

  it(
    "sends nothing to who said STOP, and nothing at all while it is paused",
    patience,
    async () => {
      await walk.at("2025-10-05T07:00:00Z")
      assert.match(
        await told("suppress add --customer C-05 --reason OPTED_OUT --by dana"),
        /^1 supp/
      )
      assert.match(await told("pause --by dana"), /^paused: nothing is submitted until/)
      const held = await told("dispatch")
      assert.match(held, /^release 2025-09: 7\n/)
      assert.match(held, /paused: nothing is submitted\n {2}tidemark resume --by WHO\n/)
      assert.strictEqual((await walk.audit()).accepted, 0)
      assert.match(await told("resume --by dana"), /^resumed: what is due is submitted by the next/)
    }
  )

  it("submits once inside the window, and tells what became of it", patience, async () => {
    walk.lookups("silent")
    assert.match(await told("dispatch"), /^submit: 7\n/)
    await setTimeout(settleMs)
    assert.notMatch(await told("dispatch"), /submit/)
    assert.strictEqual((await walk.audit()).accepted, 6)
    await walk.at("2025-10-05T10:00:00Z")
    assert.match(await told("track"), /6 messages polled, 12 receipts stored, 12 folded/)
    await told("tick")
    const explained = await told(`explain --customer C-02 --month ${month}`)
    assert.match(explained, /Qualified: at or above 15,000\.00 ILS on every day, 30 of 30 days\./)
    assert.match(explained, /The message was delivered to the phone; the carrier told us at/)
    const waived = await told(`explain --customer C-04 --month ${month}`)
    assert.match(waived, /29 of 29 days\. 1 day excluded\./)
  })

  // Caught: "nothing was due" and no more, while messages waited behind the window.
  it("keeps Sukkot: what is due waits for the window, and says until when", patience, async () => {
    await walk.at("2025-10-06T15:00:00Z")
    const printed = await told("dispatch")
    assert.match(printed, /messages wait for the send window, which opens at 2025-10-08T06:00/)
    assert.strictEqual((await walk.audit()).accepted, 6)
  })

  it("lets a decision stand after its message, and tells what it would be", patience, async () => {
    await walk.at("2025-10-08T07:00:00Z")
    await told("tick")
    const reason = `--reason "booked late" --by dana`
    const asked = await told(`correct --account A-07 --date 2025-09-10 --amount 100.00 ${reason}`)
    assert.match(asked, /^the month is released, so this could send: it takes two people\n/)
    await told(`confirm ${proposalIn(asked)} --by noa`)
    const printed = await told("tick")
    assert.match(printed, /redecide: 1\n/)
    assert.match(printed, /1 escalation is open\n {2}tidemark escalations list\n/)
    assert.match(await told("escalations list"), /CORRECTION_OBSERVED {2}customer C-07, 2025-09 /)
    const observed = walk.events.find(({ type }) => type === "CorrectionObserved")
    assert.deepInclude(observed?.payload, {
      customerId: "C-07",
      decided: "Qualified",
      counterfactual: "NotQualified"
    })
    const explained = await told(`explain --customer C-07 --month ${month}`)
    assert.match(explained, /The message was delivered to the phone/)
    assert.match(explained, /a correction after the submission would change the decision, which/)
    assert.match(
      await told("escalations resolve --cause CORRECTION_OBSERVED --action close --by dana"),
      /^closed 1 of CORRECTION_OBSERVED/
    )
  })

  it("grants a wronged customer the message, by two people", patience, async () => {
    const asked = await told(
      `grant --customer C-08 --month ${month} --reason "our transfer was late" --by dana`
    )
    const granted = await told(`confirm ${proposalIn(asked)} --by noa`)
    assert.match(granted, /the message is released and sent by the next `tidemark dispatch`/)
    assert.match(await told("dispatch"), /^release 2025-09: 1\nsubmit: 1\n/)
  })

  it("lists what nobody knows, and sends again only by two people", patience, async () => {
    await walk.at("2025-10-09T07:00:00Z")
    await told("tick")
    const listed = await told("escalations list")
    const id = taken(
      listed,
      /^(\S+) {2}LOOKUP_SILENT {2}customer C-10, 2025-09 .*resend or close$/m
    )
    assert.match(await told(`explain --customer C-10 --month ${month}`), /two people at the bank/)
    walk.lookups("answered")
    const asked = await told(
      `escalations resolve ${id} --action resend --reason "never taken" --by dana`
    )
    assert.match(await refused(`confirm ${proposalIn(asked)} --by dana`), /somebody else must/)
    assert.match(await told(`confirm ${proposalIn(asked)} --by noa`), /leaves with the next/)
    assert.match(await told("dispatch"), /submit: \d/)
  })

  it("closes the month with a final report that adds up", patience, async () => {
    for (const day of ["09T10", "10T07", "12T07", "13T07"]) {
      await walk.at(`2025-10-${day}:00:00Z`)
      await told("tick")
      await setTimeout(settleMs)
      await told("tick")
    }
    assert.match(
      await told("escalations list"),
      /RETRIES_EXHAUSTED {2}customer C-09, .* {2}close\n/
    )
    assert.match(
      await told("escalations resolve --cause RETRIES_EXHAUSTED --action close --by dana"),
      /^closed 1 of RETRIES_EXHAUSTED/
    )
    assert.deepInclude(await dispositions(), {
      population: 11,
      qualified: 9,
      notQualified: 2,
      undetermined: 0,
      unreachable: 1,
      suppressed: 1,
      delivered: 6,
      failed: 1,
      pending: 0
    })
  })

  it("answers a complaint call with the date, and proves it", patience, async () => {
    const explained = await told(`explain --customer C-03 --month ${month}`)
    assert.match(explained, /Did not qualify: below 15,000\.00 ILS on 2025-09-22 to 2025-09-24;/)
    assert.match(explained, /No message: the customer did not qualify\./)
    assert.match(explained, /worst on 2025-09-22, short by 0\.01 ILS/)
    for (const [customer, outcome] of [
      ["C-03", "NotQualified"],
      ["C-04", "Qualified"],
      ["C-06", "Qualified"],
      ["C-07", "Qualified"]
    ] as const) {
      const proof = await told(`replay --customer ${customer} --month ${month}`)
      assert.match(
        proof,
        new RegExp(`^Customer ${customer}, 2025-09, revision \\d: ${outcome}, pro`)
      )
    }
  })

  // Caught: a closed month left with a report that no longer says what is so.
  it(
    "restates the report by itself when a correction comes after the close",
    patience,
    async () => {
      await walk.at("2025-10-19T07:00:00Z")
      const reason = `--reason "booked late" --by dana`
      await told(`correct --account A-02 --date 2025-09-14 --amount 14000.00 ${reason}`)
      assert.match(await told("tick"), /\nreport 2025-09 restated-1: 1\n/)
      assert.notMatch(await told("tick"), /report/)
      const report = await told(`report --month ${month} --restate`)
      assert.deepInclude(JSON.parse(report), { month, version: "restated-1" })
      const final = await told(`report --month ${month} --issued final`)
      assert.deepInclude(JSON.parse(final), { month, version: "final" })
    }
  )

  it("has sent each of them one message, by the carrier's own log", patience, async () => {
    const { accepted, duplicates, repeated } = await walk.audit()
    assert.deepStrictEqual({ duplicates, repeated }, { duplicates: 0, repeated: [] })
    // Seven arrived; the three attempts of C-09 were each proven dead before the next.
    assert.strictEqual(accepted, 10)
  })
})

/** Longer than the settle delay of the policy. */
const settleMs = 1200
