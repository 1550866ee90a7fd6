/** Why a request fails, as MOSIP counts it. Source: MOSIP ABIS API 0.9, “Failure Reasons”. */
export const FAILURES = {
  internal: 1,
  aborted: 2,
  unexpected: 3,
  'invalid-request': 4,
  'no-reference-id': 5,
  'no-request-id': 6,
  'not-fetched': 7,
  'no-reference-url': 8,
  'no-request-time': 9,
  'reference-exists': 10,
  'no-data': 11,
  'reference-unknown': 12,
  'invalid-version': 13,
  'invalid-id': 14,
  'invalid-request-time': 15,
  'invalid-cbeff': 16,
  'share-expired': 17,
  'poor-quality': 18,
} as const

export type Failure = keyof typeof FAILURES

/** The request is answered with this; the message is for the adaptor's own log. */
export class MosipFailure extends Error {
  override readonly name = 'MosipFailure'
  readonly code: Failure

  constructor(code: Failure, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
