/**
 * Checks of a chip's files against what was signed, and of what they say.
 *
 * Source: ICAO Doc 9303 part 10 §4.6 and part 11 §5.1; BSI TR-03135-1 §5.1.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { Certificate } from '../../crypto/x509/certificate.ts'
import { countryOf } from '../../crypto/x509/name.ts'
import { digestOf } from '../../crypto/x509/signed-data.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { aborted, failed, successful, undetermined, type Check, type CheckName } from './check.ts'
import type { ChipContents, Contents } from './chip-contents.ts'
import { fileName, isDataGroup, type DataGroup } from './chip-file.ts'
import { isSameFinger } from './finger-record.ts'
import { expiryDate } from './mrz-date.ts'
import { isChecked, MRZ_FIELDS } from './mrz.ts'
import type { SecurityObject } from './security-object.ts'
import { twoLettersOf } from './states.ts'

/** Whether a file can be read at all. */
export function checkReadable(name: CheckName, contents: Contents<unknown> | undefined): Check {
  if (!contents) return undetermined(name, 'not-read')
  if (contents.fault === undefined) return successful(name)
  const { fault, message: detail } = contents
  if (fault !== 'not-supported') return failed(name, fault, detail)
  return { name, outcome: 'not-supported', reason: fault, detail }
}

export function checkZone({ zone }: ChipContents): Check {
  const readable = checkReadable('zone', zone)
  if (!zone?.value || isChecked(zone.value)) return readable
  const { checks } = zone.value
  const wrong = MRZ_FIELDS.filter((field) => checks[field] === false)
  return failed('zone', 'check-digit', wrong.join(', '))
}

/** Both lists have the same data groups, or somebody hides or adds one. */
export function checkFileList({ common, securityObject }: ChipContents): Check {
  const readable = checkReadable('file-list', common)
  if (!common?.value) return readable
  if (!securityObject?.value) return aborted('file-list')
  const said = new Set(common.value.groups)
  const signed = new Set(securityObject.value.digests.keys())
  const differ = [
    ...[...said].filter((group) => !signed.has(group)).map((group) => `DG${group} not in EF.SOD`),
    ...[...signed].filter((group) => !said.has(group)).map((group) => `DG${group} not in EF.COM`),
  ]
  if (differ.length > 0) return failed('file-list', 'lists-differ', differ.join(', '))
  return successful('file-list')
}

/** One for each data group that was read or that EF.SOD lists, by number. */
export function checkDataGroups({ files, securityObject }: ChipContents): Check[] {
  const object = securityObject?.value
  const groups = new Set<DataGroup>(object?.digests.keys() ?? [])
  for (const file of files.keys()) if (isDataGroup(file)) groups.add(file)
  return [...groups]
    .sort((one, other) => one - other)
    .map((group) => {
      const name = `dg${group}` as const
      return object ? checkDigest(name, files.get(group), group, object) : aborted(name)
    })
}

function checkDigest(
  name: CheckName,
  bytes: Uint8Array | undefined,
  group: DataGroup,
  { digests, hash }: SecurityObject,
): Check {
  const digest = digests.get(group)
  if (!bytes) return undetermined(name, 'not-read', `${fileName(group)} was not handed over`)
  if (!digest) return failed(name, 'not-listed', 'EF.SOD has no hash of it')
  const isIdentical = equalBytes(digest, digestOf(hash, bytes))
  return isIdentical ? successful(name, hash) : failed(name, 'not-identical', hash)
}

/** None where the chip's fingers were not read. */
export function checkFingers({ fingers }: ChipContents): Check[] {
  if (!fingers) return []
  if (!fingers.value) return [checkReadable('fingers', fingers)]
  const other = fingers.value.find((finger) => !isSameFinger(finger))
  if (other) {
    const positions = other.views.map(({ position }) => position).join(', ')
    const detail = `position ${other.said} in the header, ${positions} in the record`
    return [failed('fingers', 'other-finger', detail)]
  }
  const views = fingers.value.flatMap((finger) => finger.views)
  const said = views.map(({ position, compression }) => `position ${position} as ${compression}`)
  return [successful('fingers', said.join(', ') || 'the chip has none')]
}

/** Who signs for another state, or a signer's certificate that was lent out. */
export function checkIssuingState(
  { zone }: ChipContents,
  path: readonly Certificate[] | undefined,
): Check {
  if (!zone?.value || !path) return aborted('issuing-state')
  const { issuer } = zone.value
  const due = twoLettersOf(issuer)
  if (due === undefined) return undetermined('issuing-state', 'unknown-state', issuer)
  const countries = path.map(({ subject }) => countryOf(subject) ?? 'none')
  const detail = `${issuer} in the zone, ${[...new Set(countries)].join(' and ')} in certificates`
  const isSame = countries.every((country) => country === due)
  return isSame
    ? successful('issuing-state', detail)
    : failed('issuing-state', 'other-state', detail)
}

export function checkExpiry({ zone }: ChipContents, today: CivilDate): Check {
  if (!zone?.value) return aborted('expiry')
  const until = expiryDate(zone.value.expiry, today)
  if (until === undefined) return failed('expiry', 'no-date')
  return until < today ? failed('expiry', 'expired', until) : successful('expiry', until)
}
