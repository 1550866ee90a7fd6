import { suite } from 'uvu'
import { equal, is } from 'uvu/assert'
import { toHex, utf8 } from '../../../crypto/bytes.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { Credentials } from '../../../node/audit/credentials.ts'
import { Joiner } from '../../../node/audit/joiner.ts'
import { RevokedCertificates } from '../../../node/registry/revoked-certificates.ts'
import type { Act } from '../../../protocol/entry/act.ts'
import { act, officers, revocation, roster, type Made } from './support/entries.ts'

const certificate = sha256(utf8('a certificate'))
const fingerprint = toHex(certificate)

const promises = suite('certificates that are revoked')

promises('are those of which an administrator has said so', () => {
  const { revoked } = taken(revoking(1))
  is(revoked.has(fingerprint), true)
  is(revoked.has(toHex(sha256(utf8('another')))), false)
  is(taken(act({ type: 'confirmation' }, [officers.registrar])).revoked.has(fingerprint), false)
})

promises('are told of until nobody wants to hear any more', () => {
  const { revoked, take } = taken()
  const heard: string[] = []
  const end = revoked.onRevoked((one) => heard.push(one))
  take(revoking(1))
  equal(heard, [fingerprint])
  end()
  take(revoking(2))
  equal(heard, [fingerprint])
})

promises('are none where the administrator had lost the credential, whichever came first', () => {
  const ended = revocation(officers.administrator, { from: 5 })
  for (const order of [
    [ended, revoking(6)],
    [revoking(6), ended],
  ]) {
    is(taken(...order).revoked.has(fingerprint), false)
    is(taken(...order, revoking(4)).revoked.has(fingerprint), true)
  }
})

promises.run()

function revoking(at: number): Made<Act> {
  const deed = { type: 'certificate-revocation', certificate } as const
  return act(deed, [officers.administrator], { purpose: 'administration', at })
}

function taken(...entries: readonly Made[]) {
  const credentials = new Credentials({ roster })
  const revoked = new RevokedCertificates({ credentials })
  const joiner = new Joiner({ roster })
  let index = 1
  const take = ({ bytes }: Made): void => {
    const folded = joiner.join('almaty', index, bytes)
    index += 1
    credentials.take(folded)
    revoked.take(folded)
  }
  for (const entry of entries) take(entry)
  return { revoked, take }
}
