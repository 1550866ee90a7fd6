/** The fields that every station has in its settings which asks for others. */
import { resolve } from 'node:path'
import { isPurpose } from '../../protocol/purpose.ts'
import { CITIZENSHIPS, CONSENTS, SEXES } from '../../protocol/rules/application.ts'
import type { ActionOfficer, Certified } from '../fields/asker.ts'
import type { Settings } from './settings.ts'
import { readOfficer } from './signing.ts'

/** `officer`: a key file in `home`; `credential`, beside it by default; `purpose`. */
export async function readAction(fields: Settings, home: string): Promise<ActionOfficer> {
  const purpose = fields.text('purpose')
  if (!isPurpose(purpose)) throw fields.refusal('purpose', 'it is none')
  const credential = fields.textIf('credential')
  const key = resolve(home, fields.text('officer'))
  const officer = await readOfficer(key, credential && resolve(home, credential))
  return { officer, purpose }
}

export function readCertified(fields: Settings): Certified {
  return {
    born: fields.textIf('born'),
    citizenship: fields.oneOf('citizenship', CITIZENSHIPS),
    sex: fields.oneOf('sex', SEXES, 'unknown'),
    consent: fields.oneOf('consent', CONSENTS, 'none'),
    consentForm: fields.textIf('form') ?? '',
  }
}
