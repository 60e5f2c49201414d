/**
 * A binary heap of ids by instant: what is due first comes first. An id may be in it several times;
 * whoever takes one out checks that it still holds.
 */

export interface MinHeap {
  readonly instants: Array<number>
  readonly ids: Array<string>
}

export const make = (): MinHeap => ({ instants: [], ids: [] })

/** The earliest instant; `undefined` when the heap is empty. */
export const earliest = (heap: MinHeap): number | undefined => heap.instants[0]

/** The id with the earliest instant; `undefined` when the heap is empty. */
export const peek = (heap: MinHeap): string | undefined => heap.ids[0]

const swap = (heap: MinHeap, left: number, right: number): void => {
  const instant = heap.instants[left] ?? 0
  const id = heap.ids[left] ?? ""
  heap.instants[left] = heap.instants[right] ?? 0
  heap.ids[left] = heap.ids[right] ?? ""
  heap.instants[right] = instant
  heap.ids[right] = id
}

export const push = (heap: MinHeap, instantMs: number, id: string): void => {
  heap.instants.push(instantMs)
  heap.ids.push(id)
  let at = heap.ids.length - 1
  while (at > 0) {
    const parent = (at - 1) >> 1
    if ((heap.instants[parent] ?? 0) <= instantMs) return
    swap(heap, at, parent)
    at = parent
  }
}

/** Takes the earliest out. */
export const pop = (heap: MinHeap): string | undefined => {
  const first = heap.ids[0]
  swap(heap, 0, heap.ids.length - 1)
  heap.instants.pop()
  heap.ids.pop()
  let at = 0
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    let least = at
    if (left < heap.ids.length && (heap.instants[left] ?? 0) < (heap.instants[least] ?? 0)) {
      least = left
    }
    if (right < heap.ids.length && (heap.instants[right] ?? 0) < (heap.instants[least] ?? 0)) {
      least = right
    }
    if (least === at) return first
    swap(heap, at, least)
    at = least
  }
}
