/** What a parent and a process of `crashing.ts` tell each other. */
import type { CarrierClass } from "./CarrierClass.ts"

/**
 * - `claimed`: claimed (T2), contact data asked, not marked
 * - `marked`: marked (T3), no byte written
 * - `answered`: the answer read, not recorded (T4)
 * - `decided`: the reconciler has asked, and has not recorded what it heard
 */
export type Point = "claimed" | "marked" | "answered" | "decided"

/** One month for one process: until it is killed, or for good. */
export interface Life {
  readonly name: string
  readonly config: string
  /** The sandbox whose business time is followed. */
  readonly clock: string
  readonly roles: string
  readonly carrierClass: CarrierClass
  readonly point: Point | null
}

/** A line on stdout; `name` of the life it is about. */
export type Said = { readonly name: string } & (
  | { readonly _tag: "Reached"; readonly point: Point }
  | { readonly _tag: "Submitted"; readonly outcomes: ReadonlyArray<string> }
  /** Messages by the state of their notification. */
  | { readonly _tag: "States"; readonly states: Readonly<Record<string, number>> }
  | { readonly _tag: "Line"; readonly line: unknown }
)
