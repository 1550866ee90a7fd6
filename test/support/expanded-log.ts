/** All that a node's own log says: its entries, and behind each batch the records in it. */
import { hashLeaf } from '../../crypto/hash.ts'
import { batchAt, type RecordShelf } from '../../node/access/record-shelf.ts'
import type { Ledger } from '../../node/log/ledger.ts'
import { decodeEntry, type Entry } from '../../protocol/entry/entry.ts'

export interface Said {
  readonly index: number
  readonly record: number | undefined
  readonly bytes: Uint8Array
  readonly leaf: Uint8Array
  readonly entry: Entry
}

/** From the entry at `from` on. */
export async function expandedLog(
  { ledger, shelf }: { ledger: Ledger; shelf: RecordShelf },
  from = 0,
): Promise<Said[]> {
  const { stored, size } = ledger.own
  const said: Said[] = []
  for (const [place, bytes] of (await stored.entries(from, size)).entries()) {
    const index = from + place
    said.push(saidAt(bytes, index, undefined))
    if (said.at(-1)!.entry.type !== 'batch') continue
    const records = (await shelf.get(await batchAt(stored, index))) ?? []
    records.forEach((each, record) => said.push(saidAt(each, index, record)))
  }
  return said
}

function saidAt(bytes: Uint8Array, index: number, record: number | undefined): Said {
  return { index, record, bytes, leaf: hashLeaf(bytes), entry: decodeEntry(bytes) }
}
