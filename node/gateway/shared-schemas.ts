/** Schemas that several routes refer to. */
import { CONSEQUENCES } from '../../protocol/errors.ts'
import { REASONS } from '../../protocol/rules/reasons/reason.ts'
import { answer, enrolled } from './answer-schemas.ts'
import { policy, rates } from './law-schemas.ts'
import { object, oneOf, reasons, text, type Schema } from './schemas.ts'

const reason = object({ code: oneOf(REASONS), en: text, kk: text, ru: text })

const error = object(
  {
    code: oneOf(Object.keys(CONSEQUENCES)),
    message: text,
    reasons: { ...reasons, description: 'Where a rule forbids it: which one.' },
  },
  ['reasons'],
)

/** By these names they stand in the OpenAPI document; a reference is the name and `#`. */
export const sharedSchemas: readonly Schema[] = [
  { $id: 'Reason', ...reason },
  { $id: 'Error', ...object({ error }) },
  { $id: 'Answer', ...answer },
  { $id: 'Enrolled', ...enrolled },
  { $id: 'Policy', ...policy },
  { $id: 'ErrorRates', ...rates },
]
