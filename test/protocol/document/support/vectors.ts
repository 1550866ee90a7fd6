/**
 * Specimen passports and what an inspection must say of them.
 *
 * The files are the German and Dutch specimens, the reference data of BSI TR-03105-5 and ETSI TR
 * 103 200 with documents that were tampered with, and security objects of states whose data groups
 * nobody has here. They are not free to copy, and are read from outside of the repository.
 */
import { readFileSync } from 'node:fs'
import { readCertificate } from '../../../../crypto/x509/certificate.ts'
import { chipFileOf, type ChipFile } from '../../../../protocol/document/chip-file.ts'
import { inspectChip, type ChipInspection } from '../../../../protocol/document/inspect-chip.ts'
import { outsideData } from '../../../support/data.ts'

export interface DocumentVector {
  readonly name: string
  readonly files: readonly string[]
  /** The day of the inspection. */
  readonly on: string
  /** Certificates that are believed. */
  readonly authorities?: readonly string[]
  readonly verdict: ChipInspection['verdict']
  /** Of signature, path and data groups, what is as it should be. */
  readonly holds: string
  /** Every check that fails, with its reason. */
  readonly failed: readonly string[]
}

const BSI = 'bsi2008'
const TR = 'bsi_tr03105-5_pymrtd'
const GB_SOD = 'country-sods/gb_expired_sod.bin'
const GB_AUTHORITY = 'country-sods/gb_expired_csca.bin'
const ALL_OF_BSI = [1, 2, 3, 14].map((group) => `${BSI}/Datagroup${group}.bin`)
const BIOMETRIC = [2, 3, 4].map((group) => `${BSI}/Datagroup${group}.bin`)

export const DOCUMENT_VECTORS: readonly DocumentVector[] = [
  good(
    'bsi2008',
    '2008-06-01',
    [...ALL_OF_BSI, `${BSI}/EF_COM.bin`, `${BSI}/EF_SOD.bin`],
    'signature dg1 dg2 dg3 dg14',
  ),
  bad(
    'bsi2008 with two groups that nobody signed',
    '2008-06-01',
    [`${BSI}/EF_SOD.bin`, `${BSI}/Datagroup4.bin`, `${BSI}/Datagroup15.bin`],
    { holds: 'signature', failed: ['dg4 not-listed', 'dg15 not-listed'] },
  ),
  good(
    'loes2006',
    '2007-06-01',
    files('loes2006', 'ef01', ['01', '02', '0F', '1D', '1E']),
    'signature dg1 dg2 dg15',
  ),
  good(
    'ETSI, six groups',
    '2012-01-01',
    [...files(TR, '', ['04_tv_sod', '05_tv_dg1', '06_tv_dg14', '07_tv_dg15']), ...BIOMETRIC],
    'signature dg1 dg2 dg3 dg4 dg14 dg15',
  ),
  good(
    'BSI, RSASSA-PSS',
    '2014-06-01',
    [...files(TR, '', ['00_tv_sod', '01_tv_dg1', '02_tv_dg14']), ...BIOMETRIC],
    'signature dg1 dg2 dg3 dg4 dg14',
  ),
  tampered('08', 'security-object content-type'),
  tampered('12', 'security-object content-type'),
  tampered('13', 'security-object content-type'),
  tampered('14', 'security-object version'),
  tampered('15', 'security-object version'),
  tampered('16', 'security-object version'),
  tampered('17', 'security-object content-type'),
  tampered('18', 'security-object content-type'),
  tampered('19', 'security-object content-type'),
  tampered('20', 'security-object version'),
  tampered('21', 'security-object version'),
  tampered('22', 'security-object malformed'),
  swapped('23', '24_tv_dg1', { failed: ['signature digest', 'dg1 not-identical'] }),
  swapped('25', '26_tv_dg1', { holds: 'dg1', failed: ['signature signature'] }),
  swapped('27', '28_tv_dg14', { failed: ['signature digest', 'dg14 not-identical'] }),
  swapped('29', '30_tv_dg1', { holds: 'signature', failed: ['dg1 not-identical'] }),
  swapped('31', '32_tv_dg15', { holds: 'signature', failed: ['dg15 not-identical'] }),
  ...['AT', 'DE', 'FR', 'MY', 'NZ', 'RU'].map((state) => {
    const sod = `country-sods/${state}_sodFileBytes.bin`
    return good(`${state}, signature only`, '2026-11-01', [sod], 'signature')
  }),
  good('NZ of 2013, BER', '2014-06-01', ['misc/NZ2013_EF_SOD.BIN'], 'signature'),
  {
    ...good('GB to its authority', '2015-06-01', [GB_SOD], 'signature path'),
    authorities: [GB_AUTHORITY],
  },
  {
    ...bad('GB to its authority, today', '2026-11-01', [GB_SOD], {
      holds: 'signature path',
      failed: ['validity no-longer-valid'],
    }),
    authorities: [GB_AUTHORITY],
  },
]

export interface InspectedVector {
  readonly verdict: ChipInspection['verdict']
  readonly holds: string
  readonly failed: readonly string[]
}

/** Undefined where the files are not at hand. */
export function inspectVector(vector: DocumentVector): InspectedVector | undefined {
  const paths = [...vector.files, ...(vector.authorities ?? [])].map((file) => {
    return outsideData('emrtd', ...file.split('/'))
  })
  const chip = new Map<ChipFile, Uint8Array>()
  const authorities = []
  for (const [place, path] of paths.entries()) {
    if (path === undefined) return undefined
    const bytes = new Uint8Array(readFileSync(path))
    const file = place < vector.files.length ? chipFileOf(bytes) : undefined
    if (file === undefined) authorities.push(readCertificate(bytes))
    else chip.set(file, bytes)
  }
  const trust = { authorities, signers: [], revocations: [] }
  const { checks, verdict } = inspectChip(chip, { trust, at: Date.parse(vector.on) })
  const holding = checks.filter(({ name, outcome }) => {
    return outcome === 'successful' && /^(?:signature|path|dg\d+)$/.test(name)
  })
  const failing = checks.filter(({ outcome }) => {
    return outcome === 'failed' || outcome === 'not-supported'
  })
  return {
    verdict,
    holds: holding.map(({ name }) => name).join(' '),
    failed: failing.map(({ name, reason }) => `${name} ${reason}`),
  }
}

/** Nobody believed has certified most signers: then no verdict is more than undetermined. */
function good(name: string, on: string, paths: readonly string[], holds: string): DocumentVector {
  return { name, files: paths, on, verdict: 'undetermined', holds, failed: [] }
}

function bad(
  name: string,
  on: string,
  paths: readonly string[],
  { holds = '', failed }: { holds?: string; failed: readonly string[] },
): DocumentVector {
  return { name, files: paths, on, verdict: 'failed', holds, failed }
}

/** A security object of BSI's that was tampered with, beside the groups that it is of. */
function tampered(number: string, failed: string): DocumentVector {
  const paths = files(TR, '', [`${number}_tv_sod`, '01_tv_dg1', '02_tv_dg14'])
  return bad(`TR-03105-5 ${number}`, '2014-06-01', paths, { failed: [failed] })
}

/** One of ETSI's beside a group that does not go with it. */
function swapped(
  number: string,
  group: string,
  found: { holds?: string; failed: readonly string[] },
): DocumentVector {
  const paths = files(TR, '', [`${number}_tv_sod`, group])
  return bad(`TR-03105-5 ${number} + ${group.slice(0, 2)}`, '2012-01-01', paths, found)
}

function files(folder: string, prefix: string, names: readonly string[]): string[] {
  return names.map((name) => `${folder}/${prefix}${name}.bin`)
}
