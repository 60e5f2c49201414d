import { assert, describe, it } from "vitest"
import * as Draft from "../../src/delivery/Draft.ts"
import { context, failure, notification, row, t0 } from "./carriers.ts"

describe("Draft (delivery protocol 1.1: the first applicable row wins)", () => {
  it("begins without facts, in the state it was given", () => {
    const before = notification("active", [row()])
    const draft = Draft.begin(before, context())
    assert.strictEqual(draft.notification, before)
    assert.deepStrictEqual(draft.facts, [])
  })

  it("lets each fact be seen by what follows, and keeps them in order", () => {
    const draft = Draft.begin(notification("active", [row()]), context())
    Draft.emit(draft, { _tag: "AttemptRefused", n: 1, atMs: t0, failure: failure() })
    assert.strictEqual(draft.notification.attempts[0]?.state, "refused")
    Draft.emit(draft, { _tag: "NotificationFailed", reason: "EXHAUSTED" })
    assert.strictEqual(draft.notification.state, "failed")
    assert.deepStrictEqual(
      draft.facts.map(({ _tag }) => _tag),
      ["AttemptRefused", "NotificationFailed"]
    )
  })

  it("never changes the notification it began with", () => {
    const before = notification("active", [row()])
    const copy = structuredClone(before)
    const draft = Draft.begin(before, context())
    Draft.emit(draft, { _tag: "AttemptClaimed", n: 1 })
    assert.deepStrictEqual(before, copy)
    assert.notStrictEqual(draft.notification, before)
  })

  it("tells what was ignored and why, and changes nothing by it", () => {
    const before = notification("delivered", [row()])
    const draft = Draft.begin(before, context())
    Draft.ignore(draft, "Claimed", 2, "NO_SUCH_ATTEMPT")
    Draft.ignore(draft, "TimePassed", null, "NOT_DUE")
    assert.strictEqual(draft.notification, before)
    assert.deepStrictEqual(draft.facts, [
      { _tag: "Ignored", event: "Claimed", n: 2, because: "NO_SUCH_ATTEMPT" },
      { _tag: "Ignored", event: "TimePassed", n: null, because: "NOT_DUE" }
    ])
  })
})
