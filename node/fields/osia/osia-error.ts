/** What OSIA's clients are told when something goes wrong: a status, and its `Error`. */
import { asTamgaError } from '../../../protocol/errors.ts'

const BAD_REQUEST = 400
const UNAUTHORISED = 401
const FORBIDDEN = 403
const NOT_FOUND = 404
const CONFLICT = 409
const UNEXPECTED = 500

/** Statuses for which the interface has no body. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([UNAUTHORISED, FORBIDDEN, NOT_FOUND, CONFLICT])

export class OsiaError extends Error {
  override readonly name = 'OsiaError'
  readonly status: number
  /** Whether the same may succeed later. */
  readonly isPassing: boolean

  constructor(
    status: number,
    message: string,
    options: ErrorOptions & { isPassing?: boolean } = {},
  ) {
    super(message, options)
    this.status = status
    this.isPassing = options.isPassing ?? false
  }

  /** As `Error` of the interface; a callback has it whatever the status is. */
  get body(): { readonly code: number; readonly message: string } {
    return { code: this.status, message: this.message }
  }

  get hasBody(): boolean {
    return !WITHOUT_BODY.has(this.status)
  }
}

export function badRequest(message: string, cause?: unknown): OsiaError {
  return new OsiaError(BAD_REQUEST, message, { cause })
}

export function unauthorised(message: string): OsiaError {
  return new OsiaError(UNAUTHORISED, message)
}

export function notAllowed(message: string): OsiaError {
  return new OsiaError(FORBIDDEN, message)
}

export function unknownRecord(message: string): OsiaError {
  return new OsiaError(NOT_FOUND, message)
}

/**
 * Whatever was thrown. The interface knows few statuses: what another node or a later hour may do
 * is 500 as well, and says that it passes.
 *
 * @param statuses that the operation may answer with
 */
export function asOsiaError(thrown: unknown, statuses: ReadonlySet<number>): OsiaError {
  const error = thrown instanceof OsiaError ? thrown : fromTamga(thrown)
  const { status, message, isPassing } = error
  if (statuses.has(status) || status === UNAUTHORISED) return error
  const nearest = status < UNEXPECTED ? BAD_REQUEST : UNEXPECTED
  return new OsiaError(nearest, message, { cause: thrown, isPassing })
}

function fromTamga(thrown: unknown): OsiaError {
  const error = asTamgaError(thrown)
  const { httpStatus, retry } = error.consequence
  const isOurs = httpStatus >= UNEXPECTED || (retry && error.code !== 'not-found')
  // Of a fault of ours nobody outside learns more than that there is one.
  const message =
    error.code === 'internal' ? 'the adaptor or the node failed at this' : error.message
  return new OsiaError(isOurs ? UNEXPECTED : httpStatus, message, {
    cause: error,
    isPassing: retry && error.code !== 'not-found',
  })
}
