/**
 * Passive authentication: whether what stands on a chip is what a state wrote there.
 *
 * Source: ICAO Doc 9303 part 11 §5.1; BSI TR-03135-1 §5.1. It does not tell a chip from a copy of
 * it: that takes the chip itself. Pure, and for bytes of a stranger: whatever is wrong with them
 * becomes the outcome of a check.
 */
import { civilDateAt } from '../rules/civil-date.ts'
import { overall, type Check } from './check.ts'
import { readChip, type ChipContents } from './chip-contents.ts'
import type { ChipFiles } from './chip-file.ts'
import {
  checkDataGroups,
  checkExpiry,
  checkFileList,
  checkFingers,
  checkIssuingState,
  checkReadable,
  checkZone,
} from './file-checks.ts'
import { checkSigner } from './signer-checks.ts'
import type { Trust } from './trust.ts'

export interface ChipInspection {
  readonly contents: ChipContents
  /** In the order in which they build on each other. */
  readonly checks: readonly Check[]
  readonly verdict: 'successful' | 'failed' | 'undetermined'
}

/** `at`: milliseconds since 1970; the day is Kazakhstan's. */
export function inspectChip(
  files: ChipFiles,
  { trust, at }: { trust: Trust; at: number },
): ChipInspection {
  const contents = readChip(files)
  const object = contents.securityObject
  const { checks: ofSigner, signer, path } = checkSigner(object?.value, { trust, at })
  const checks = [
    checkZone(contents),
    checkReadable('security-object', object),
    ...ofSigner,
    checkFileList(contents),
    ...checkDataGroups(contents),
    ...checkFingers(contents),
    checkIssuingState(contents, path ?? (signer && [signer])),
    checkExpiry(contents, civilDateAt(at)),
  ]
  return { contents, checks, verdict: overall(checks) }
}
