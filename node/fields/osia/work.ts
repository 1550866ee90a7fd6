/** What a request comes to: plain values, so that it can be kept and done after a restart. */
export type Work =
  /** Enrols a person, or takes the prints of one anew. Bytes are base64. */
  | {
      readonly kind: 'enrol' | 'update'
      readonly handle: string
      readonly payload: string
      readonly application: string
    }
  | {
      readonly kind: 'identify'
      readonly payload: string
      /** Most candidates, and the least score of one. */
      readonly limit: number
      readonly threshold: number
    }
  | {
      readonly kind: 'verify'
      readonly handle: string
      readonly payload: string
      readonly threshold: number
    }
  /** How somebody stands; `isList` where the interface wants all encounters. */
  | { readonly kind: 'read'; readonly handle: string; readonly isList: boolean }
  /** Nobody need be asked. */
  | { readonly kind: 'told'; readonly answer: unknown }

/** What a client is told: an answer of the interface, or its `Error`. */
export interface Outcome {
  readonly status: number
  readonly body: unknown
}
