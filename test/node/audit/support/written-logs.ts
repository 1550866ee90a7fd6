/**
 * Logs that are written by hand, right or wrong, and put into a folder as tlog-tiles: by code of
 * its own, so that what exports logs and what reads them do not agree by accident.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { concatBytes, utf8 } from '../../../../crypto/bytes.ts'
import { signCheckpoint } from '../../../../crypto/checkpoint.ts'
import { cosignCheckpoint, cosigner } from '../../../../crypto/cosignature.ts'
import { signerFromSeed } from '../../../../crypto/ed25519.ts'
import { sha256 } from '../../../../crypto/hash.ts'
import { encodeBundle } from '../../../../crypto/merkle/entry-bundle.ts'
import { entriesPath, tilePath, tilesOf } from '../../../../crypto/merkle/tile.ts'
import { formatVkey, noteSigner, noteVerifier } from '../../../../crypto/note.ts'
import { audit, type AuditResult } from '../../../../node/audit/audit.ts'
import { FolderSource } from '../../../../node/audit/folder-source.ts'
import { KeptCheckpoints } from '../../../../node/audit/kept-checkpoints.ts'
import type { LogSource } from '../../../../node/audit/log-source.ts'
import { encodeEntry } from '../../../../protocol/entry/entry.ts'
import { mirrorName, witnessName } from '../../../../protocol/quorum.ts'
import { logOrigin, openRoster, rosterDigest, signRoster } from '../../../../protocol/roster.ts'
import { storedTree } from '../../../crypto/support/stored-tree.ts'
import { act, candidate, enrolment, keyOf, made, NETWORK } from '../../registry/support/entries.ts'
import { officers, outcomeOf, query, roster as drawnUp } from '../../registry/support/entries.ts'

const authorityKey = signerFromSeed(sha256(utf8('authority of written logs')))
export const AUTHORITY_VKEY = formatVkey(`${NETWORK}/authority`, authorityKey.publicKey)
export const authority = noteVerifier(AUTHORITY_VKEY)
export const rosterNote = signRoster(drawnUp, noteSigner(`${NETWORK}/authority`, authorityKey))
export const roster = openRoster(rosterNote, authority)
export const LOGS = roster.nodes.map(({ name }) => name)

export type Entries = Map<string, Uint8Array[]>

/** A register in which everything is as it should be. */
export function soundEntries(): Entries {
  const entries: Entries = new Map(LOGS.map((log) => [log, [genesis(log)]]))
  const x = enrolment('x')
  const confirmed = act({ type: 'confirmation' }, [officers.registrar], {
    handle: x.entry.entry.handle,
    after: x.entry.leaf,
  })
  const asked = query('who')
  const hit = outcomeOf(asked, { verdict: 'hit', candidates: [candidate('x', 'almaty', 3)] })
  entries.get('almaty')!.push(...x.all.map(({ bytes }) => bytes), confirmed.bytes)
  entries.get('astana')!.push(asked.bytes, searchFor(asked, 'astana'), hit.bytes)
  entries.get('shymkent')!.push(searchFor(asked, 'astana'), searchFor(x.query, 'almaty'))
  return entries
}

export function genesis(node: string): Uint8Array {
  const digest = rosterDigest(rosterNote)
  return encodeEntry({ type: 'genesis', at: 0, network: NETWORK, node, rosterDigest: digest })
}

export function searchFor(asked: ReturnType<typeof query>, asker: string, at = 1): Uint8Array {
  const { queryId } = asked.entry
  return made({ type: 'search', at, queryId, asker, query: asked.leaf, part: sha256() }).bytes
}

/** A checkpoint of the log of `node` over these entries. */
export function checkpointOf(
  node: string,
  entries: readonly Uint8Array[],
  signedBy = node,
): string {
  const origin = logOrigin(NETWORK, node)
  const { edge } = storedTree(entries)
  const head = { origin, size: BigInt(entries.length), root: edge.root(), extensions: [] }
  return signCheckpoint(head, noteSigner(origin, keyOf(signedBy)))
}

/** The same with the cosignatures of others as witnesses, and as mirrors. */
export function cosigned(note: string, witnesses: readonly string[], mirrors: readonly string[]) {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
  const lines = [
    ...witnesses.map((node) => cosigner(witnessName(roster, node), keyOf(node))),
    ...mirrors.map((node) => cosigner(mirrorName(roster, node), keyOf(`mirror ${node}`))),
  ].map((by) => cosignCheckpoint(text, by, 1_000))
  return note + lines.join('')
}

/** A folder of logs, and what an auditor keeps beside it. */
export class WrittenLogs {
  readonly folder: string
  readonly #base: string

  private constructor(base: string) {
    this.#base = base
    this.folder = join(base, 'export')
  }

  static async make(entries: Entries = soundEntries()): Promise<WrittenLogs> {
    const written = new WrittenLogs(await mkdtemp(join(tmpdir(), 'tamga-audit-')))
    await written.write('roster', utf8(rosterNote))
    for (const [log, all] of entries) await written.writeLog(log, all)
    return written
  }

  /** Every file of a log, in place of what was there. */
  async writeLog(log: string, entries: readonly Uint8Array[]): Promise<void> {
    await rm(join(this.folder, 'logs', log), { recursive: true, force: true })
    for (const [path, bytes] of filesOf(entries)) await this.write(`logs/${log}/${path}`, bytes)
    await this.write(`logs/${log}/checkpoint`, utf8(checkpointOf(log, entries)))
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    const file = join(this.folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, bytes)
  }

  /** Audits the folder, or other sources. What was kept before is remembered. */
  async audit(
    sources?: readonly LogSource[],
    isUnwitnessedTaken = true,
    arePairsDemanded = false,
  ): Promise<AuditResult> {
    const kept = await KeptCheckpoints.open(join(this.#base, 'state'), roster)
    const read = sources ?? [await FolderSource.open(this.folder)]
    return audit(
      { roster, rosterNote, authority, isUnwitnessedTaken, arePairsDemanded },
      { sources: read, kept, clock: { now: () => 1_000_000 } },
    )
  }

  /** Where an auditor keeps what it has seen. */
  get state(): string {
    return join(this.#base, 'state')
  }

  async close(): Promise<void> {
    await rm(this.#base, { recursive: true, force: true })
  }
}

/** Logs of these entries, for as long as `work` takes. */
export async function using(
  all: Entries,
  work: (logs: WrittenLogs) => Promise<void>,
): Promise<void> {
  const logs = await WrittenLogs.make(all)
  try {
    await work(logs)
  } finally {
    await logs.close()
  }
}

/** Codes and places of what weighs: findings, and what could not be checked. */
export function graveOf({ remarks }: AuditResult): string[] {
  return remarks
    .filter(({ severity }) => severity !== 'note')
    .map(({ code, log, index }) =>
      [code, log, index].filter((part) => part !== undefined).join(' '),
    )
}

/** Bundles and tiles, by their paths. */
function filesOf(entries: readonly Uint8Array[]): [path: string, bytes: Uint8Array][] {
  if (entries.length >= 65_536) throw new Error(`${entries.length} are too many for a test`)
  const { leaves } = storedTree(entries)
  const files: [string, Uint8Array][] = []
  for (const { level, index, width } of tilesOf(BigInt(entries.length))) {
    const first = Number(index) * 256
    const places = Array.from({ length: width }, (_, place) => first + place)
    const hashes = level === 0 ? leaves : fullRoots(entries)
    const bytes = concatBytes(...places.map((place) => hashes[place]!))
    files.push([tilePath({ level, index, width }), bytes])
    if (level > 0) continue
    const bundle = encodeBundle(entries.slice(first, first + width))
    files.push([entriesPath({ index, width }), bundle])
  }
  return files
}

/** Root of each 256 entries. */
function fullRoots(entries: readonly Uint8Array[]): Uint8Array[] {
  const count = Math.floor(entries.length / 256)
  return Array.from({ length: count }, (_, at) => {
    return storedTree(entries.slice(at * 256, (at + 1) * 256)).edge.root()
  })
}
