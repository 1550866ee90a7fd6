/** One traveller, as a node is asked about them and answers. */
import { toBase64 } from '../../crypto/bytes.ts'
import { inspectionDigest } from '../../protocol/border/crossing.ts'
import type { Asked, Standing, Unanswered } from '../../protocol/border/register-lines.ts'
import {
  encodePayload,
  payloadDigest,
  PAYLOAD_NONCE_BYTES,
  type CapturedFinger,
} from '../../protocol/payload.ts'
import type { Roster } from '../../protocol/roster.ts'
import { signDeed, type DeedReasons } from '../../protocol/signed-deed.ts'
import { signStatement, type OfficerKey, type SignedStatement } from '../../protocol/statement.ts'
import { INSPECTION_NONCE_BYTES } from '../border/limits.ts'
import type { Random } from '../random.ts'
import { believed, type Question } from './nearest.ts'
import type { Traveller } from './post.ts'
import { signedBodyOf } from './request.ts'
import { objectOf, toldAnswer, toldRecorded, toldStanding, type AskedOf } from './told.ts'

export interface RegisterQuestion {
  readonly traveller: Traveller
  readonly officer: OfficerKey
  readonly about: DeedReasons
  readonly roster: Roster
}

export interface RegisterAnswer {
  /** Whose answer it is; absent where nobody answered. */
  readonly node: string | undefined
  /** The leaf hash under which it stands in the node's log. */
  readonly inspection: Uint8Array | undefined
  readonly standing: Standing | undefined
  readonly verified: Asked | Unanswered
  readonly searched: Asked | Unanswered
  /** Why nobody answered. */
  readonly cutOff: string | undefined
}

/**
 * Signs anew for every node that is asked: nodes refuse what another one has logged already, and a
 * node that is late may have.
 */
export function askRegister(
  { traveller, officer, about, roster }: RegisterQuestion,
  { random }: { random: Random },
): Question<RegisterAnswer> {
  return async (link, node, signal) => {
    const { deed, payload, verify, identify, body } = ask(traveller, { about, officer, random })
    const reply = await link.post('/v1/border/inspections', body, signal)
    return believed(() => {
      const told = objectOf(reply)
      const of = { node, roster }
      return {
        node,
        inspection: toldRecorded(told, deed, of),
        standing: traveller.handle && toldStanding(told['result']),
        verified: answered(told['verified'], verify, payload, of),
        searched: answered(told['searched'], identify, payload, of),
        cutOff: undefined,
      }
    })
  }
}

/** What the officer signs, hidden behind other random bytes each time. */
function ask(
  { profile, liveness, handle, fingers, isSearched }: Traveller,
  { about, officer, random }: Pick<RegisterQuestion, 'about' | 'officer'> & { random: Random },
) {
  const payload = payloadOf(fingers, random)
  const nonce = random.bytes(INSPECTION_NONCE_BYTES)
  const commitment = inspectionDigest({ nonce, zone: undefined, files: new Map(), payload })
  const deed = signDeed({ type: 'inspection', profile, liveness, commitment }, about, [officer])
  const question = (action: 'verify' | 'identify'): SignedStatement | undefined => {
    if (!payload) return undefined
    const digests = { payloadDigest: payloadDigest(payload), deedDigest: undefined }
    const whom = action === 'verify' ? handle : undefined
    return signStatement({ ...about, action, handle: whom, ...digests }, officer)
  }
  const verify = handle && question('verify')
  const identify = isSearched ? question('identify') : undefined
  const body = {
    deed: toBase64(deed.deed),
    signatures: deed.signatures.map(signedBodyOf),
    nonce: toBase64(nonce),
    ...(payload && { payload: toBase64(payload) }),
    ...(verify && { verify: signedBodyOf(verify) }),
    ...(identify && { identify: signedBodyOf(identify) }),
  }
  return { deed, payload, verify, identify, body }
}

/** Undefined where no prints were taken. */
export function payloadOf(
  fingers: readonly CapturedFinger[],
  random: Random,
): Uint8Array | undefined {
  if (fingers.length === 0) return undefined
  return encodePayload({ nonce: random.bytes(PAYLOAD_NONCE_BYTES), fingers })
}

/** A question that was asked and has no answer is open; one that was not asked has none. */
function answered(
  told: unknown,
  signed: SignedStatement | undefined,
  payload: Uint8Array | undefined,
  of: AskedOf,
): Asked | Unanswered {
  if (!payload) return 'no-prints'
  if (!signed) return 'not-asked'
  return told === undefined ? 'no-answer' : toldAnswer(told, signed, { ...of, payload })
}
