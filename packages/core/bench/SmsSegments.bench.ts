/**
 * Sizing a message of 243 GSM-7 characters (the original template) beside what npm has for it: the
 * same messages, in the same run. `npm run bench -- --only sizing`; the last line gives the ratios.
 */
import { SegmentedMessage } from "sms-segments-calculator"
import splitSms from "split-sms"
import { assert, describe, it } from "vitest"
import * as BuiltInTemplates from "../src/message/BuiltInTemplates.ts"
import * as SmsSegments from "../src/message/SmsSegments.ts"

const names = ["Aline", "Danny", "Frank", "Hanna", "James", "Maria", "Nadav", "Shira"]
const messages = names.map((name) =>
  (BuiltInTemplates.ORIGINAL.en?.text ?? "")
    .replace("{CustomerFirstName}", name)
    .replace("{MonthName}", "October")
)

/** Sizes as many messages in turn, and gives the segments so that nothing can be left out. */
const sizing = (times: number, size: (message: string) => number) => () => {
  let segments = 0
  for (let turn = 0; turn < times; turn++) segments += size(messages[turn & 7] ?? "")
  assert.strictEqual(segments, 2 * times)
}

// Once: looked up in its module at every call, the function would be measured with the look-up.
const { measure } = SmsSegments
const ours = (message: string) => measure(message).segments
const peer = (message: string) => splitSms.split(message).parts.length
const calculator = (message: string) => new SegmentedMessage(message).segments.length

describe("sizing a message of 243 characters", () => {
  it("against split-sms and sms-segments-calculator", async ({ bench }) => {
    for (const message of messages) assert.lengthOf(message, 243)
    const times = { tidemark: 1_000, "split-sms": 100, "sms-segments-calculator": 4 }
    const results = await bench.compare(
      bench("tidemark", sizing(times.tidemark, ours)),
      bench("split-sms", sizing(times["split-sms"], peer)),
      bench("sms-segments-calculator", sizing(times["sms-segments-calculator"], calculator)),
      { time: 2_000 }
    )
    // The fastest turn of each: whatever else the machine does can only slow a turn down.
    const rate = (name: keyof typeof times) => (1_000 * times[name]) / results.get(name).latency.min
    const line = (name: keyof typeof times) =>
      `${name} ${Math.round(rate(name)).toLocaleString("en")}/s` +
      (name === "tidemark" ? "" : ` (${(rate("tidemark") / rate(name)).toFixed(1)}×)`)
    console.log([line("tidemark"), line("split-sms"), line("sms-segments-calculator")].join(", "))
  })
})
