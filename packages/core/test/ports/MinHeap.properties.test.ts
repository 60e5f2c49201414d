import fc from "fast-check"
import { assert, describe, it } from "vitest"
import * as MinHeap from "../../src/ports/memory/MinHeap.ts"

describe("for every sequence of pushes and pops", () => {
  // Planted: a comparison of the sift-down turned round; caught.
  it("always takes out the earliest instant that is in", () => {
    fc.assert(
      fc.property(steps, (steps) => {
        const heap = MinHeap.make()
        const model: Array<number> = []
        for (const step of steps) {
          if (step !== null) {
            MinHeap.push(heap, step, `${step}`)
            model.push(step)
            model.sort((left, right) => left - right)
          } else {
            const expected = model.shift()
            assert.strictEqual(MinHeap.earliest(heap), expected)
            const id = MinHeap.peek(heap)
            assert.strictEqual(id, expected === undefined ? undefined : `${expected}`)
            if (expected !== undefined) assert.strictEqual(MinHeap.pop(heap), id)
          }
        }
        assert.lengthOf(heap.ids, model.length)
      })
    )
  })
})

/** An instant to push, or `null` to take one out; more are pushed than taken. */
const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 20 }) },
    { weight: 2, arbitrary: fc.constant(null) }
  ),
  { minLength: 20, maxLength: 200 }
)
