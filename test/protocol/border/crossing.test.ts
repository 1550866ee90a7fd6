import { suite } from 'uvu'
import { is, not } from 'uvu/assert'
import { toHex } from '../../../crypto/bytes.ts'
import type { Outcome } from '../../../protocol/document/check.ts'
import type { ChipFile } from '../../../protocol/document/chip-file.ts'
import { INSPECTED, REGISTER_CHECKS, type InspectedName } from '../../../protocol/border/check.ts'
import {
  checkCrossing,
  inspectionDigest,
  type Crossing,
  type InspectedThings,
} from '../../../protocol/border/crossing.ts'
import { codeOf } from '../support/codec-promises.ts'

const promises = suite('a crossing')

const DIGEST = new Uint8Array(32).fill(7)

const THINGS: InspectedThings = {
  nonce: new Uint8Array(32).fill(1),
  zone: 'P<KAZ',
  files: new Map<ChipFile, Uint8Array>([
    [1, Uint8Array.of(1)],
    ['sod', Uint8Array.of(2)],
  ]),
  payload: Uint8Array.of(3),
}

promises('follows what came next without a word; against it only with a reason', () => {
  is(
    codeOf(() => checkCrossing(crossing({}))),
    undefined,
  )
  is(
    codeOf(() => checkCrossing(crossing({}, { decision: 'refused' }))),
    'unprocessable',
  )
  is(
    codeOf(() => checkCrossing(crossing({}, { decision: 'refused', reason: 'forged visa' }))),
    undefined,
  )
  const poor = { 'live-to-register': 'failed' } as const
  is(
    codeOf(() => checkCrossing(crossing(poor))),
    'unprocessable',
  )
  is(
    codeOf(() => checkCrossing(crossing(poor, { reason: 'hand in a cast, known by face' }))),
    undefined,
  )
  is(
    codeOf(() => checkCrossing(crossing(poor, { decision: 'second-line' }))),
    undefined,
  )
})

promises('has no outcome of the register where no node was asked', () => {
  const cutOff = { inspection: undefined, decision: 'second-line' } as const
  const silent = { 'live-to-register': 'undetermined', search: 'undetermined' } as const
  const alone = { ...silent, 'document-status': 'undetermined' } as const
  is(
    codeOf(() => checkCrossing(crossing(alone, cutOff))),
    undefined,
  )
  for (const name of REGISTER_CHECKS) {
    for (const outcome of ['successful', 'failed'] as const) {
      const claimed = crossing({ ...alone, [name]: outcome }, cutOff)
      is(
        codeOf(() => checkCrossing(claimed)),
        'unprocessable',
      )
    }
  }
})

promises('is about exactly what was looked at', () => {
  const digest = toHex(inspectionDigest(THINGS))
  const others: Partial<InspectedThings>[] = [
    { nonce: new Uint8Array(32) },
    { zone: undefined },
    { zone: 'P<D' },
    { files: new Map() },
    { files: new Map([...THINGS.files, [3, Uint8Array.of(1)]]) },
    { files: new Map([...THINGS.files, ['sod', Uint8Array.of(1)]]) },
    { payload: undefined },
    { payload: Uint8Array.of(4) },
  ]
  for (const other of others) not(toHex(inspectionDigest({ ...THINGS, ...other })) === digest)
  const turned = new Map([...THINGS.files].toReversed())
  is(toHex(inspectionDigest({ ...THINGS, files: turned })), digest)
})

promises.run()

function crossing(
  otherwise: Partial<Record<InspectedName, Outcome>>,
  changes: Partial<Crossing> = {},
): Crossing {
  return {
    profile: 'counter',
    inspection: DIGEST,
    commitment: DIGEST,
    checks: INSPECTED.map((name) => ({ name, outcome: otherwise[name] ?? 'successful' })),
    decision: 'admitted',
    reason: '',
    ...changes,
  }
}
