/** `tamga document issue`: the files of a chip for somebody whom the register knows. */
import { createPrivateKey } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Option, type Command } from 'commander'
import { InvalidAsn1 } from '../../../crypto/asn1/invalid-asn1.ts'
import { toHex } from '../../../crypto/bytes.ts'
import { isInUseAt, readCertificate } from '../../../crypto/x509/certificate.ts'
import { CERTIFICATE_BYTES_MAX } from '../../../crypto/x509/limits.ts'
import type { DataSigner } from '../../../crypto/x509/sign-data.ts'
import { signerWith } from '../../../crypto/x509/signature.ts'
import { DPI_MAX, DPI_MIN } from '../../../matcher/image/image.ts'
import { REFERENCE_BYTES } from '../../../protocol/deed.ts'
import { fileName, type ChipFiles } from '../../../protocol/document/chip-file.ts'
import { chooseFingers, type ChosenFingers } from '../../../protocol/document/chosen-fingers.ts'
import { inspectChip } from '../../../protocol/document/inspect-chip.ts'
import { issueChip } from '../../../protocol/document/issue-chip.ts'
import { ZONE_CHARACTERS_MAX } from '../../../protocol/document/limits.ts'
import { NO_TRUST } from '../../../protocol/document/trust.ts'
import { TamgaError } from '../../../protocol/errors.ts'
import { DOCUMENTS, type Document } from '../../../protocol/rules/eligibility.ts'
import { systemClock } from '../../clock.ts'
import { systemRandom } from '../../random.ts'
import { finger, wholeNumber, type FingerArgument } from '../arguments.ts'
import { withExtractor } from '../captures.ts'
import { readUpTo } from '../read-up-to.ts'
import { readChipPrints, type ChipPrint } from '../chip-prints.ts'
import { clientAt } from '../at-node.ts'
import { aboutPerson, postDeed, type DeedOptions } from '../deeds.ts'
import { bodyOf, signRequest } from '../../post/request.ts'
import { prepare } from '../signing.ts'

/** What is on a chip is biometric. */
const OWNER_ONLY = 0o600

/** A private key in PEM. */
const KEY_BYTES_MAX = 16_384

interface IssueOptions extends DeedOptions {
  readonly handle: Uint8Array
  readonly document: Document
  readonly zone: string
  readonly finger: readonly FingerArgument[]
  readonly dpi?: number
  readonly signer: string
  readonly signerKey: string
  readonly out: string
}

export function addDocumentIssue(document: Command): void {
  const issuing = document
    .command('issue')
    .description('issue the files of a chip, with two fingers of somebody whom the register knows')
  aboutPerson(issuing)
    .addOption(new Option('--document <kind>', 'which').choices(DOCUMENTS).makeOptionMandatory())
    .requiredOption('--zone <file>', 'the machine readable zone, line by line')
    .requiredOption('--finger <position=file>', 'images of single fingers, once for each', finger)
    .option('--dpi <n>', 'resolution, where the files do not say it', wholeNumber(DPI_MIN, DPI_MAX))
    .requiredOption('--signer <file>', "the document signer's certificate")
    .requiredOption('--signer-key <file>', 'its private key, in PEM')
    .requiredOption('--out <folder>', 'where the files go')
    .action(async (options: IssueOptions) => issue(options))
}

/**
 * The files leave only when the register has found the fingers to be the person's, and its ledger
 * has an entry that the document is granted: a node refuses it with reasons to whom none may be.
 */
async function issue(options: IssueOptions): Promise<void> {
  const { zone, out } = options
  const text = Buffer.from(await readUpTo(zone, ZONE_CHARACTERS_MAX)).toString('latin1')
  const signer = await readSigner(options)
  const at = systemClock.now()
  const { fingers, replacements, poor } = await chosen(options)
  const chip = issueChip({ zone: text, fingers, at }, signer)
  checkOwn(chip, { signer, at })
  for (const { position, quality, width, height, image } of fingers) {
    const why = poor.includes(position) ? ', below its threshold' : ''
    const size = `${width} x ${height}, ${image.length} bytes`
    console.log(`finger ${position}: quality ${quality}${why}, ${size}`)
  }
  for (const { wanted, taken, reason } of replacements) {
    console.log(`in place of finger ${wanted}: ${taken ?? 'none'} (${reason})`)
  }
  await emptyFolder(out)
  await verify(options, fingers)
  await grant(options)
  for (const [file, bytes] of chip) {
    const path = join(out, `${fileName(file)}.bin`)
    await writeFile(path, bytes, { flag: 'wx', mode: OWNER_ONLY })
    console.log(`written: ${path}, ${bytes.length} bytes`)
  }
}

/** @throws TamgaError `conflict`: a signer out of use, or a chip that our own reader would fail */
function checkOwn(chip: ChipFiles, { signer, at }: { signer: DataSigner; at: number }): void {
  if (!isInUseAt(signer.certificate, at)) {
    throw new TamgaError('conflict', 'the document signer’s key is not in use now')
  }
  const { checks } = inspectChip(chip, { trust: NO_TRUST, at })
  const wrong = checks.find(({ outcome }) => outcome === 'failed')
  if (wrong) throw new TamgaError('conflict', `${wrong.name}: ${wrong.reason}: ${wrong.detail}`)
}

/** @throws TamgaError `conflict`: another chip's files, which nothing is to be mixed with */
async function emptyFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const inside = await readdir(folder)
  if (inside.length > 0) throw new TamgaError('conflict', `${folder} is not empty`)
}

/** By the thresholds of the law in force; where there is none, nothing is granted later. */
async function chosen(options: IssueOptions): Promise<ChosenFingers<ChipPrint>> {
  const { finger: files, dpi } = options
  const { inForce, policies } = await (await clientAt(options)).policies()
  const thresholds = policies.find(({ id }) => id === inForce)?.thresholds ?? []
  const offered = await withExtractor(async (extractor) => {
    return readChipPrints(files, { ...(dpi !== undefined && { dpi }), extractor })
  })
  return chooseFingers(offered, thresholds)
}

/**
 * Each by itself: together, a finger that is the person's could carry one that is not.
 *
 * @throws TamgaError `conflict`: the register has another finger of this person there, or none
 */
async function verify(options: IssueOptions, fingers: readonly ChipPrint[]): Promise<void> {
  const { client, officer, reasons } = await prepare(options)
  const { handle } = options
  for (const only of fingers) {
    const asked = { ...reasons, action: 'verify' as const, handle, fingers: [only] }
    const request = signRequest(asked, officer, { clock: systemClock, random: systemRandom })
    const { verdict, candidates } = await client.verify(bodyOf(request))
    const which = `finger ${only.position}`
    if (verdict !== 'hit') {
      throw new TamgaError('conflict', `the register does not know ${which}: ${verdict}`)
    }
    console.log(`verified: ${which} is the person's, score ${candidates[0]?.score ?? 0}`)
  }
}

async function grant(options: IssueOptions): Promise<void> {
  const { document } = options
  const reference = systemRandom.bytes(REFERENCE_BYTES)
  const deed = { type: 'document' as const, document, reference }
  const { log, index } = await postDeed('/v1/persons/deeds', deed, options)
  console.log(`granted: entry ${index} of ${log}, reference ${toHex(reference)}`)
}

/** @throws TamgaError `unprocessable`: no certificate or key; `conflict`: they are no pair */
async function readSigner({ signer, signerKey }: IssueOptions): Promise<DataSigner> {
  const bytes = await readUpTo(signer, CERTIFICATE_BYTES_MAX)
  const certificate = named(signer, () => readCertificate(bytes))
  const text = Buffer.from(await readUpTo(signerKey, KEY_BYTES_MAX))
  const key = named(signerKey, () => createPrivateKey(text))
  const pair = signerWith(key, certificate.key)
  if (pair) return { certificate, signer: pair }
  throw new TamgaError('conflict', `${signerKey} is not the key of ${signer}`)
}

function named<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    const why = cause instanceof InvalidAsn1 ? cause.message : 'no private key in PEM'
    throw new TamgaError('unprocessable', `${file}: ${why}`, { cause })
  }
}
