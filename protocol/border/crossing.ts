/**
 * What an officer signs at a border: before an inspection that they ask for it, and afterwards what
 * was found and what they decided. Both stand in the log as deeds.
 */
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import type { ChipFile, ChipFiles } from '../document/chip-file.ts'
import { TamgaError } from '../errors.ts'
import { REGISTER_CHECKS, type InspectedOutcome } from './check.ts'
import { decideInspection, isOverride, type Decision } from './decide.ts'
import type { ProfileName } from './profile.ts'

/** As the sensor says it, and the officer signs it. */
export const LIVENESS = ['live', 'not-live', 'unknown'] as const
export type Liveness = (typeof LIVENESS)[number]

/** What is to be looked at: hidden in the deed behind `nonce`, which the log does not hold. */
export interface InspectedThings {
  readonly nonce: Uint8Array
  /** The zone as read by eye; absent where there was none. */
  readonly zone: string | undefined
  /** The chip's files, whole; empty where it was not read. */
  readonly files: ChipFiles
  /** The live prints, as `encodePayload` has them; absent where none were taken. */
  readonly payload: Uint8Array | undefined
}

export interface Crossing {
  readonly profile: ProfileName
  /** The leaf hash of the inspection that a node has logged; absent where none could be reached. */
  readonly inspection: Uint8Array | undefined
  /** The digest of what was looked at, as `inspectionDigest` has it. */
  readonly commitment: Uint8Array
  /** Every check once; verdict and next step follow from them. */
  readonly checks: readonly InspectedOutcome[]
  readonly decision: Decision
  /** Why, in the officer's words, where they decided otherwise than what came next. */
  readonly reason: string
}

/** Hides a document and prints of which somebody may have a copy behind random bytes. */
export function inspectionDigest({ nonce, zone, files, payload }: InspectedThings): Uint8Array {
  const parts = [...files].toSorted(([a], [b]) => placeOf(a) - placeOf(b))
  const digests = parts.map(([file, bytes]) => {
    return concatBytes(Uint8Array.of(placeOf(file)), sha256(bytes))
  })
  return sha256(
    utf8('tamga/inspection/v1\n'),
    nonce,
    sha256(utf8(zone ?? '')),
    sha256(payload ?? new Uint8Array()),
    ...digests,
  )
}

/**
 * What a node and an auditor demand of a crossing, whoever signed it: that a check of the register
 * came out one way or the other only where a node was asked, and that an override says why.
 *
 * @throws TamgaError `unprocessable`
 */
export function checkCrossing({ profile, inspection, checks, decision, reason }: Crossing): void {
  const { step } = decideInspection(checks, profile)
  if (!inspection && checks.some(isAnsweredByRegister)) {
    throw new TamgaError('unprocessable', 'without a node no check of the register has an outcome')
  }
  if (!isOverride(step, decision) || reason !== '') return
  throw new TamgaError('unprocessable', `the next step was ${step}; ${decision} needs a reason`)
}

function isAnsweredByRegister({ name, outcome }: InspectedOutcome): boolean {
  return REGISTER_CHECKS.has(name) && (outcome === 'successful' || outcome === 'failed')
}

/** Data groups by number, then EF.COM and EF.SOD. */
function placeOf(file: ChipFile): number {
  if (file === 'com') return 17
  return file === 'sod' ? 18 : file
}
