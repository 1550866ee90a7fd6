import { suite } from 'uvu'
import { equal, is, ok } from 'uvu/assert'
import { ANNOUNCE_BYTES_MAX } from '../../../node/mesh/limits.ts'
import { EVIDENCE_BYTES_MAX } from '../../../protocol/evidence.ts'
import { NODES_MAX } from '../../../protocol/limits.ts'
import {
  evidenceReplies,
  evidenceRequests,
  EVIDENCES_REPLIED_MAX,
} from '../../../protocol/message/evidence.ts'
import {
  evidenceReplies as anyReplies,
  evidenceRequests as anyRequests,
} from '../../support/arbitrary-evidence.ts'
import { codeOf, promiseCodec } from '../support/codec-promises.ts'

const promises = suite('evidence on its way')

promiseCodec(promises, { ...evidenceRequests, name: 'evidence request' }, anyRequests)
promiseCodec(promises, { ...evidenceReplies, name: 'evidence reply' }, anyReplies)

promises('is asked for by who knows of every log that a roster can have', () => {
  const known = Array.from({ length: NODES_MAX }, () => 'ж'.repeat(32))
  equal(evidenceRequests.decode(evidenceRequests.encode({ known })), { known })
})

promises('fits an announcement, and a reply as often as it says', () => {
  ok(EVIDENCE_BYTES_MAX <= ANNOUNCE_BYTES_MAX)
  const longest = new Uint8Array(EVIDENCE_BYTES_MAX)
  const full = Array.from({ length: EVIDENCES_REPLIED_MAX }, () => longest)
  equal(evidenceReplies.decode(evidenceReplies.encode(full)).length, EVIDENCES_REPLIED_MAX)
  const short = new Uint8Array(1)
  const more = evidenceReplies.encode(
    Array.from({ length: EVIDENCES_REPLIED_MAX + 1 }, () => short),
  )
  is(
    codeOf(() => evidenceReplies.decode(more)),
    'malformed',
  )
})

promises.run()
