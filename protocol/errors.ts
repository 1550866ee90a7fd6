/**
 * Everything that can go wrong between two parties, as codes, and what follows from each: the HTTP
 * status a client sees, how a peer that caused it is held to account, whether asking again helps.
 *
 * A code is part of the protocol: it crosses the wire as a number, so numbers are never reused.
 */
export type Penalty = 'none' | 'mistrust' | 'disconnect'

interface Consequence {
  /** What crosses the wire. */
  readonly wire: number
  readonly httpStatus: number
  /** `mistrust` counts against the peer; `disconnect` is for what no honest peer can send. */
  readonly penalty: Penalty
  /** Whether the same request may succeed later, here or at another node. */
  readonly retry: boolean
}

export const CONSEQUENCES = {
  /** Bytes that are not what they claim to be: too long, not decodable, of the wrong shape. */
  malformed: { wire: 1, httpStatus: 400, penalty: 'disconnect', retry: false },
  /** Longer than the limit that `limits.ts` names for it. */
  'too-large': { wire: 2, httpStatus: 413, penalty: 'disconnect', retry: false },
  /** A signature that does not verify, or a key that is not the one the roster names. */
  'bad-signature': { wire: 3, httpStatus: 401, penalty: 'mistrust', retry: false },
  /** A proper signature by somebody who may not ask this. */
  forbidden: { wire: 4, httpStatus: 403, penalty: 'none', retry: false },
  /** There is no such log, entry, handle or payload here. */
  'not-found': { wire: 5, httpStatus: 404, penalty: 'none', retry: true },
  /** It contradicts what is already on record. */
  conflict: { wire: 6, httpStatus: 409, penalty: 'none', retry: false },
  /** The person is in the register already. */
  duplicate: { wire: 7, httpStatus: 409, penalty: 'none', retry: false },
  /** A template or statement that is well formed and yet cannot be accepted. */
  unprocessable: { wire: 8, httpStatus: 422, penalty: 'none', retry: false },
  /** A queue is full; nothing was done. */
  overloaded: { wire: 9, httpStatus: 429, penalty: 'none', retry: true },
  /** The deadline passed before the work was done. */
  deadline: { wire: 10, httpStatus: 504, penalty: 'none', retry: true },
  /** The peer cannot be reached, or hung up. */
  unreachable: { wire: 11, httpStatus: 503, penalty: 'none', retry: true },
  /** Some shards did not answer, so the question has no complete answer. */
  incomplete: { wire: 12, httpStatus: 503, penalty: 'none', retry: true },
  /** Two signed statements by one key that cannot both be true. */
  equivocation: { wire: 13, httpStatus: 409, penalty: 'disconnect', retry: false },
  /** A proof that does not prove what it is offered for. */
  'bad-proof': { wire: 14, httpStatus: 422, penalty: 'mistrust', retry: false },
  /** The disk failed, or what is on it is not what was written. */
  storage: { wire: 15, httpStatus: 500, penalty: 'none', retry: true },
  /** The node is stopping. */
  closed: { wire: 16, httpStatus: 503, penalty: 'none', retry: true },
  /** The node has only just started, or will not sign: it lacks logs, or can log nothing now. */
  'not-ready': { wire: 18, httpStatus: 503, penalty: 'none', retry: true },
  /** It belongs to an epoch that is over, or that has not begun where it was said. */
  'wrong-epoch': { wire: 19, httpStatus: 503, penalty: 'none', retry: true },
  /** A fault of ours. */
  internal: { wire: 17, httpStatus: 500, penalty: 'none', retry: false },
} as const satisfies Record<string, Consequence>

export type ErrorCode = keyof typeof CONSEQUENCES

/** An error that may be shown to another party: its message names no person and holds no secret. */
export class TamgaError extends Error {
  override readonly name = 'TamgaError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get consequence(): Consequence {
    return CONSEQUENCES[this.code]
  }
}

/** The code that a peer's status byte stands for; an unknown one is the peer's own fault. */
export function codeFromWire(wire: number): ErrorCode {
  const found = Object.entries(CONSEQUENCES).find(([, { wire: number }]) => number === wire)
  return found ? (found[0] as ErrorCode) : 'malformed'
}

/** Anything thrown, as a typed error: what is not one already becomes `internal`, cause kept. */
export function asTamgaError(thrown: unknown): TamgaError {
  if (thrown instanceof TamgaError) return thrown
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return new TamgaError('internal', message, { cause: thrown })
}
