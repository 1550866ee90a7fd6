/**
 * Access records: a question who somebody is, or whether it is they; what a verification led to;
 * and that a node searched for a question. Each is the bytes of an entry, and its leaf hash is its
 * name, but what stands in the log is a batch of them: a record is proven in two steps, from its
 * leaf to the root of its post, and from the batch to a checkpoint.
 *
 * The log binds its node to every record; who keeps them is for `keepers.ts`. Whoever is handed
 * records believes nothing: `checkRecords` holds them against the batch.
 */
import { equalBytes, utf8 } from '../crypto/bytes.ts'
import { hashLeaf, sha256, type Hash } from '../crypto/hash.ts'
import { rootFromInclusion } from '../crypto/merkle/inclusion.ts'
import { proveInclusion, type NodeId } from '../crypto/merkle/prove.ts'
import { RightEdge } from '../crypto/merkle/right-edge.ts'
import { bytesUpTo, codec, list } from './codec.ts'
import type { Batch, BatchGroup } from './entry/batch.ts'
import { decodeEntry, decodeEntryOf, type Entry } from './entry/entry.ts'
import { TamgaError } from './errors.ts'
import { BATCH_RECORDS_MAX, ENTRY_BYTES_MAX, RECORDS_BYTES_MAX } from './limits.ts'
import type { RecordProof } from './record-proof.ts'

/** What is to be put into a batch. */
export interface NewRecord {
  /** Where it was asked; of a search the node that asked. */
  readonly post: string
  readonly bytes: Uint8Array
  /** Public key of whoever asks, in a question. */
  readonly officer?: Uint8Array | undefined
}

/** All records of one batch, in their order, as they are kept, handed on and exported. */
export const recordBatches = codec(
  'access records',
  RECORDS_BYTES_MAX,
  list(bytesUpTo(ENTRY_BYTES_MAX), BATCH_RECORDS_MAX),
)

/** @throws TamgaError `malformed` also when it is no kind of access record */
export function decodeRecord(encoded: Uint8Array): Extract<Entry, { type: RecordKind }> {
  const entry = decodeEntry(encoded)
  if (isRecordKind(entry)) return entry
  throw new TamgaError('malformed', `an entry of kind ${entry.type} is no access record`)
}

type RecordKind = 'query' | 'outcome' | 'search'

function isRecordKind(entry: Entry): entry is Extract<Entry, { type: RecordKind }> {
  return entry.type === 'query' || entry.type === 'outcome' || entry.type === 'search'
}

/**
 * By it records of an officer are looked for. Some officers share one, so that it tells nobody who
 * it was.
 */
export function officerTag(publicKey: Uint8Array): number {
  const digest = sha256(utf8('tamga/officer-tag/v1\n'), publicKey)
  return new DataView(digest.buffer, digest.byteOffset).getUint16(0)
}

/** The groups of a batch of these records, and the records in the batch's order. */
export function groupRecords<T extends NewRecord>(
  records: readonly T[],
): { readonly groups: readonly BatchGroup[]; readonly ordered: readonly T[] } {
  const posts = [...new Set(records.map(({ post }) => post))].sort()
  const grouped = posts.map((post) => records.filter((one) => one.post === post))
  const groups = grouped.map((group, place): BatchGroup => {
    const root = rootOf(group.map(({ bytes }) => hashLeaf(bytes)))
    const tags = group.flatMap(({ officer }) => (officer ? [officerTag(officer)] : []))
    return { post: posts[place]!, count: group.length, root, officers: distinct(tags) }
  })
  return { groups, ordered: grouped.flat() }
}

/** The post's group that the record is in, and its place there; undefined where there is none. */
export function groupAt(
  { groups }: Pick<Batch, 'groups'>,
  at: number,
): { readonly group: BatchGroup; readonly place: number; readonly from: number } | undefined {
  let from = 0
  for (const group of groups) {
    if (at < from + group.count) return { group, place: at - from, from }
    from += group.count
  }
  return undefined
}

export async function proveRecord(
  entry: Uint8Array,
  records: readonly Uint8Array[],
  at: number,
): Promise<RecordProof> {
  const found = groupAt(decodeEntryOf('batch', entry), at)
  if (!found) throw new TamgaError('not-found', `the batch has no record ${at}`)
  const { group, place, from } = found
  const leaves = records.slice(from, from + group.count).map(hashLeaf)
  const read = async (ids: readonly NodeId[]): Promise<Hash[]> =>
    ids.map((id) => nodeOf(leaves, id))
  const path = await proveInclusion(BigInt(place), BigInt(leaves.length), read)
  return { entry, record: at, path }
}

/**
 * Checks that a record stands in its batch. That the batch stands in a log is for the caller.
 *
 * @returns the group that it is in
 * @throws TamgaError `bad-proof`; `malformed`
 */
export function verifyRecord(leaf: Hash, { entry, record: at, path }: RecordProof): BatchGroup {
  const found = groupAt(decodeEntryOf('batch', entry), at)
  if (!found) throw new TamgaError('bad-proof', `the batch has no record ${at}`)
  const { group, place } = found
  let root: Hash
  try {
    root = rootFromInclusion(leaf, { index: BigInt(place), size: BigInt(group.count), path })
  } catch (cause) {
    throw new TamgaError('bad-proof', `record ${at} has no proof`, { cause })
  }
  if (equalBytes(root, group.root)) return group
  throw new TamgaError('bad-proof', `the batch has another record ${at}`)
}

/** @throws TamgaError `bad-proof` unless these are the records of the batch, all of them */
export function checkRecords({ groups }: Batch, records: readonly Uint8Array[]): void {
  const due = groups.reduce((sum, { count }) => sum + count, 0)
  if (records.length !== due) {
    throw new TamgaError('bad-proof', `${records.length} records of a batch of ${due}`)
  }
  let from = 0
  for (const { post, count, root } of groups) {
    const leaves = records.slice(from, from + count).map(hashLeaf)
    if (!equalBytes(rootOf(leaves), root)) {
      throw new TamgaError('bad-proof', `these are not the batch's records of ${post}`)
    }
    from += count
  }
}

function rootOf(leaves: readonly Hash[]): Hash {
  const edge = RightEdge.empty()
  for (const leaf of leaves) edge.append(leaf)
  return edge.root()
}

/** Of a tree that is small enough to be hashed anew. */
function nodeOf(leaves: readonly Hash[], { level, index }: NodeId): Hash {
  const from = Number(index) * 2 ** level
  return rootOf(leaves.slice(from, from + 2 ** level))
}

function distinct(tags: readonly number[]): number[] {
  return [...new Set(tags)].sort((a, b) => a - b)
}
