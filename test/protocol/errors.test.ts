import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import {
  asTamgaError,
  codeFromWire,
  CONSEQUENCES,
  TamgaError,
  type ErrorCode,
} from '../../protocol/errors.ts'

const promises = suite('an error code')
const codes = Object.keys(CONSEQUENCES) as ErrorCode[]

/** What has once been on a wire: a line may be added here, and none changed. */
const WIRE: Record<ErrorCode, number> = {
  malformed: 1,
  'too-large': 2,
  'bad-signature': 3,
  forbidden: 4,
  'not-found': 5,
  conflict: 6,
  duplicate: 7,
  unprocessable: 8,
  overloaded: 9,
  deadline: 10,
  unreachable: 11,
  incomplete: 12,
  equivocation: 13,
  'bad-proof': 14,
  storage: 15,
  closed: 16,
  internal: 17,
  'not-ready': 18,
  'wrong-epoch': 19,
}

promises('has a number of its own, that fits a byte and is not zero', () => {
  const numbers = codes.map((code) => CONSEQUENCES[code].wire)
  is(new Set(numbers).size, codes.length)
  ok(numbers.every((wire) => Number.isInteger(wire) && wire > 0 && wire < 256))
})

promises('keeps its number for ever', () => {
  equal(Object.fromEntries(codes.map((code) => [code, CONSEQUENCES[code].wire])), WIRE)
})

promises('comes back from its number', () => {
  for (const code of codes) is(codeFromWire(CONSEQUENCES[code].wire), code)
})

promises('of a number that nobody gave out is malformed', () => {
  const known = new Set(Object.values(WIRE))
  for (let wire = -1; wire < 300; wire += 1) {
    if (!known.has(wire)) is(codeFromWire(wire), 'malformed')
  }
  for (const wire of [1.5, Number.NaN, Infinity]) is(codeFromWire(wire), 'malformed')
})

promises('says a status that is an error to HTTP', () => {
  for (const code of codes) {
    const { httpStatus, retry, penalty } = new TamgaError(code, '').consequence
    ok(httpStatus >= 400 && httpStatus < 600)
    // Who is held to account for a request is not invited to repeat it.
    ok(penalty === 'none' || !retry, code)
  }
})

promises('stays with what was thrown, and is internal where there was none', () => {
  const own = new TamgaError('conflict', 'twice', { cause: 'x' })
  is(asTamgaError(own), own)
  for (const thrown of [new TypeError('oops'), 'oops']) {
    const typed = asTamgaError(thrown)
    is(typed.code, 'internal')
    is(typed.message, 'oops')
    is(typed.cause, thrown)
  }
  for (const thrown of [undefined, null, 7, Symbol('oops')])
    is(asTamgaError(thrown).code, 'internal')
})

promises.run()
