/** What the checks of a document come to, in the four lines that an officer sees first. */
import { overall, type Check, type CheckName } from '../document/check.ts'
import { InvalidDocument } from '../document/invalid-document.ts'
import type { ChipInspection } from '../document/inspect-chip.ts'
import { expiryDate } from '../document/mrz-date.ts'
import { isChecked, parseMrz, type Mrz } from '../document/mrz.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { found, passed, type Inspected } from './check.ts'

/** What has a line of its own, and is left out of the chip's. */
const OWN_LINES: ReadonlySet<CheckName> = new Set<CheckName>(['revocation', 'expiry'])

/** `zone`: as read by eye; `chip`: absent where none was read. */
export function documentLines(
  zone: string | undefined,
  chip: ChipInspection | undefined,
  today: CivilDate,
): readonly Inspected[] {
  const read = zone === undefined ? undefined : readZone(zone)
  return [
    zoneLine(read, chip?.contents.zone?.value),
    chipLine(chip),
    ownLine('signer-revocation', chip, 'revocation'),
    chip?.contents.zone?.value || !read?.mrz
      ? ownLine('expiry', chip, 'expiry')
      : expiryLine(read.mrz, today),
  ]
}

interface ReadZone {
  readonly mrz?: Mrz
  readonly fault?: InvalidDocument['fault']
}

function readZone(zone: string): ReadZone {
  try {
    return { mrz: parseMrz(zone) }
  } catch (error) {
    if (!(error instanceof InvalidDocument)) throw error
    return { fault: error.fault }
  }
}

function zoneLine(read: ReadZone | undefined, onChip: Mrz | undefined): Inspected {
  if (!read) return found('zone', 'undetermined', 'not-read')
  if (!read.mrz) return found('zone', 'failed', read.fault ?? 'malformed')
  if (!isChecked(read.mrz)) return found('zone', 'failed', 'check-digit')
  if (!onChip) return passed('zone', 'as printed; there is none of a chip to hold it against')
  // Field by field: ends of lines are not part of a zone.
  const isSame = JSON.stringify(read.mrz) === JSON.stringify(onChip)
  return isSame ? passed('zone') : found('zone', 'failed', 'zones-differ')
}

function chipLine(chip: ChipInspection | undefined): Inspected {
  const name = 'passive-authentication'
  if (!chip) return found(name, 'undetermined', 'no-document')
  const outcome = overall(chip.checks, OWN_LINES)
  if (outcome === 'successful') return passed(name)
  const amiss = chip.checks.filter((check) => isAmiss(check) && !OWN_LINES.has(check.name))
  return found(
    name,
    outcome,
    'chip',
    amiss.map((check) => `${check.name} ${check.reason}`).join(', '),
  )
}

function ownLine(
  name: 'signer-revocation' | 'expiry',
  chip: ChipInspection | undefined,
  of: CheckName,
): Inspected {
  const check = chip?.checks.find((one) => one.name === of)
  if (!check) return found(name, 'undetermined', 'no-document')
  const { outcome, reason, detail } = check
  return { name, outcome, reason, detail }
}

function expiryLine({ expiry }: Mrz, today: CivilDate): Inspected {
  const until = expiryDate(expiry, today)
  if (until === undefined) return found('expiry', 'undetermined', 'no-date')
  return until < today ? found('expiry', 'failed', 'expired', until) : passed('expiry', until)
}

function isAmiss({ name, outcome, reason }: Check): boolean {
  return outcome !== 'successful' && !(name.startsWith('dg') && reason === 'not-read')
}
