import { suite } from 'uvu'
import { is, match, ok, throws } from 'uvu/assert'
import { utf8 } from '../../../crypto/bytes.ts'
import { signerFromSeed } from '../../../crypto/ed25519.ts'
import { sha256 } from '../../../crypto/hash.ts'
import { formatVkey, noteSigner, noteVerifier, NOTE_BYTES_MAX } from '../../../crypto/note.ts'
import type { AuditResult } from '../../../node/audit/audit.ts'
import { openReport, signReport } from '../../../node/audit/report.ts'
import { soundEntries, WrittenLogs } from './support/written-logs.ts'

const key = signerFromSeed(sha256(utf8('an auditor')))
const signer = noteSigner('auditor', key)
const verifier = noteVerifier(formatVkey('auditor', key.publicKey))

const promises = suite('the report of an audit')

promises('is signed, with the JSON beside it, and says how it stands', async () => {
  const report = signReport(await audited(), signer)
  const text = openReport(report, verifier)
  match(text, 'verdict: nothing was found')
  match(text, /^almaty: 5 entries, root \S+, not witnessed by enough, not held by enough$/m)
  match(text, /^note not-witnessed \[almaty\]: /m)
  const json = JSON.parse(report.json) as { verdict: string; logs: { kinds: object }[] }
  is(json.verdict, 'good')
  is(
    JSON.stringify(json.logs[0]!.kinds),
    '{"genesis":1,"query":1,"outcome":1,"enrolment":1,"act":1}',
  )
})

promises('is refused when either half is another, or somebody else signed it', async () => {
  const report = signReport(await audited(), signer)
  const { text, json } = report
  throws(() => openReport({ text, json: json.replace('"good"', '"fine"') }, verifier))
  throws(() => openReport({ text: text.replace('nothing', 'nobody'), json }, verifier))
  const other = noteVerifier(formatVkey('auditor', signerFromSeed(sha256()).publicKey))
  throws(() => openReport(report, other))
})

promises('fits a note whatever is found, and what an entry says stays in its line', async () => {
  const result = await audited()
  const message = `${'ж'.repeat(1_000)}\n\n— auditor forged\u2028`
  const remark = { code: 'entry', severity: 'finding', log: 'almaty', index: 1, message } as const
  const many: AuditResult = { ...result, remarks: Array.from({ length: 1_000 }, () => remark) }
  const { text } = signReport(many, signer)
  ok(Buffer.byteLength(text) <= NOTE_BYTES_MAX)
  match(text, 'the rest stands in report.json')
  is(text.split('\n\n').length, 4 + 1)
  const short = { ...remark, message: 'ab\n\n— auditor forged\u2028' }
  match(signReport({ ...result, remarks: [short] }, signer).text, ': ab??— auditor forged?\n')
})

async function audited(): Promise<AuditResult> {
  const logs = await WrittenLogs.make(soundEntries())
  try {
    return await logs.audit()
  } finally {
    await logs.close()
  }
}

promises.run()
