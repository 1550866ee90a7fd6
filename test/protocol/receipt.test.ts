import fc from 'fast-check'
import { suite } from 'uvu'
import { ok } from 'uvu/assert'
import { concatBytes, utf8 } from '../../crypto/bytes.ts'
import { sha256 } from '../../crypto/hash.ts'
import { signReceipt, verifyReceipt, type Deposited } from '../../protocol/receipt.ts'
import { AGE_BANDS, CITIZENSHIPS, SEXES } from '../../protocol/rules/application.ts'
import { digests, handles, names, takens } from '../support/arbitraries.ts'
import { bitFlips, check } from './support/codec-promises.ts'
import { signerOf } from './support/officials.ts'

const promises = suite('a receipt')
const replica = signerOf(1)

const DEPOSITED: Deposited = {
  home: 'shymkent',
  handle: new Uint8Array(16).fill(7),
  commitment: new Uint8Array(32).fill(8),
  statement: utf8('as signed'),
  taken: {
    policy: 'seed-2017',
    verdict: 'mandatory',
    citizenship: 'citizen',
    sex: 'female',
    ageBand: '30-44',
  },
}

const deposits: fc.Arbitrary<Deposited> = fc.record({
  home: names,
  handle: handles,
  commitment: digests,
  statement: fc.uint8Array({ maxLength: 80 }),
  taken: takens,
})

promises('is the word of the replica that signed it, and of no other', () => {
  check(deposits, (deposited) => {
    const signature = signReceipt(deposited, replica)
    ok(verifyReceipt(deposited, signature, replica.publicKey))
    ok(!verifyReceipt(deposited, signature, signerOf(2).publicKey))
  })
})

promises('is for one deposit: no other one has it', () => {
  check(fc.tuple(deposits, deposits), ([one, other]) => {
    fc.pre(fc.stringify(one) !== fc.stringify(other))
    ok(!verifyReceipt(other, signReceipt(one, replica), replica.publicKey))
  })
})

promises('holds for nothing once any bit of what it covers, or of itself, is changed', () => {
  const signature = signReceipt(DEPOSITED, replica)
  for (const part of ['handle', 'commitment', 'statement'] as const) {
    for (const changed of bitFlips(DEPOSITED[part])) {
      ok(!holds({ ...DEPOSITED, [part]: changed }, signature), part)
    }
  }
  for (const changed of bitFlips(signature)) ok(!holds(DEPOSITED, changed))
})

promises('holds for nothing once any word of what it covers is another', () => {
  const signature = signReceipt(DEPOSITED, replica)
  const { taken } = DEPOSITED
  const others: Deposited[] = [
    { ...DEPOSITED, home: 'almaty' },
    { ...DEPOSITED, taken: { ...taken, policy: 'kz-2024' } },
    { ...DEPOSITED, taken: { ...taken, verdict: 'permitted' } },
    ...CITIZENSHIPS.map((citizenship) => ({ ...DEPOSITED, taken: { ...taken, citizenship } })),
    ...SEXES.map((sex) => ({ ...DEPOSITED, taken: { ...taken, sex } })),
    ...AGE_BANDS.map((ageBand) => ({ ...DEPOSITED, taken: { ...taken, ageBand } })),
  ]
  for (const other of others) {
    const isSame = fc.stringify(other) === fc.stringify(DEPOSITED)
    ok(holds(other, signature) === isSame, fc.stringify(other))
  }
})

promises('is signed under its tag, over the digest of the statement, in the second version', () => {
  const { handle, commitment, statement } = DEPOSITED
  const words = utf8('seed-2017\nmandatory\ncitizen\nfemale\n30-44\nshymkent')
  const tag = utf8('tamga/receipt/v2\n')
  const signed = concatBytes(tag, handle, commitment, sha256(statement), words)
  ok(holds(DEPOSITED, replica.sign(signed)))
  ok(!holds(DEPOSITED, replica.sign(signed.subarray(tag.length))))
  const first = concatBytes(utf8('tamga/receipt/v1\n'), signed.subarray(tag.length))
  ok(!holds(DEPOSITED, replica.sign(first)))
})

promises.run()

function holds(deposited: Deposited, signature: Uint8Array): boolean {
  return verifyReceipt(deposited, signature, replica.publicKey)
}
