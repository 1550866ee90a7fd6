/** What the rules forbid, with the rules' own codes: who is refused can be told why. */
import { TamgaError, type ErrorCode } from '../errors.ts'
import type { ReasonCode } from './reasons/reason.ts'

/** `forbidden`: not this officer; `unprocessable`: not this person; `conflict`: not as they are. */
export type RefusalCode = Extract<
  ErrorCode,
  'forbidden' | 'unprocessable' | 'conflict' | 'overloaded'
>

export class RuleRefusal extends TamgaError {
  readonly reasons: readonly ReasonCode[]

  constructor(code: RefusalCode, reasons: readonly ReasonCode[], message: string) {
    super(code, message)
    this.reasons = reasons
  }
}
