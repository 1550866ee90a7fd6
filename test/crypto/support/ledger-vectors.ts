/** The published vectors below `test/vectors/ledger/`; its README says where each is from. */
import { readFileSync } from 'node:fs'
import { vector } from '../../support/data.ts'

export function ledgerBytes(...path: string[]): Uint8Array {
  return new Uint8Array(readFileSync(vector('ledger', ...path)))
}

export function ledgerText(...path: string[]): string {
  return readFileSync(vector('ledger', ...path), 'utf8')
}

/** Merkle probes by name. Sizes reach 2^64 - 1: they are quoted before JSON can round them. */
export function probes<Probe>(set: string): [name: string, probe: Probe][] {
  const numbers = /"(leafIdx|treeSize|size1|size2|start|end|size)": ([0-9]+)/g
  const text = ledgerText('merkle', `${set}.json`).replaceAll(numbers, '"$1": "$2"')
  const isNumber = /^(?:leafIdx|treeSize|size1|size2|start|end|size)$/
  const revived: Record<string, Probe> = JSON.parse(text, (key, value: unknown) =>
    isNumber.test(key) && typeof value === 'string' ? BigInt(value) : value,
  )
  return Object.entries(revived)
}

/** Base64 as the probes have it: null stands for nothing. */
export function decodeProof(proof: readonly string[] | null): Uint8Array[] {
  return (proof ?? []).map((hash) => decodeHash(hash))
}

export function decodeHash(hash: string | null): Uint8Array {
  return new Uint8Array(Buffer.from(hash ?? '', 'base64'))
}
