/**
 * The audit: everything that can be known of a register from its logs, its roster and the
 * checkpoints that this auditor has seen before. Needs no node, and believes none.
 *
 * Reads every log twice and holds none of it: what is remembered of an entry is some 30 bytes.
 */
import { equalBytes } from '../../crypto/bytes.ts'
import type { OpenedCheckpoint } from '../../crypto/checkpoint.ts'
import type { Hash } from '../../crypto/hash.ts'
import { TILE_WIDTH } from '../../crypto/merkle/tile.ts'
import { NOTE_BYTES_MAX, type NoteVerifier } from '../../crypto/note.ts'
import { asTamgaError } from '../../protocol/errors.ts'
import { witnessedOf, type Witnessed } from '../../protocol/quorum.ts'
import { openRoster, rosterDigest, type Roster, type RosterNode } from '../../protocol/roster.ts'
import { EntryCheck, type EntryKind } from './entry-check.ts'
import { isSameTree, type KeptCheckpoints } from './kept-checkpoints.ts'
import { Unreadable, type LogSource } from './log-source.ts'
import { Remarks, type Remark, type RemarkCode } from './remarks.ts'
import type { ReferenceCounts } from './references.ts'
import { remarkUnreadable, shownBy, type ShownCheckpoint } from './shown-checkpoints.ts'
import {
  bundlesOf,
  rebuildTree,
  remarkBundle,
  type LogFiles,
  type RebuiltTree,
} from './verify-tree.ts'

export interface AuditOptions {
  readonly roster: Roster
  readonly rosterNote: string
  /** Who signs rosters. */
  readonly authority: NoteVerifier
  /** What it is a finding to lack, and not only a note. */
  readonly demanded: { readonly witnessed: boolean; readonly safe: boolean }
}

export interface AuditModules {
  /** At least one. Of each log, the source that shows most of it is read. */
  readonly sources: readonly LogSource[]
  readonly kept: KeptCheckpoints
  readonly clock: { now(): number }
  /** Hears how far it has come: entries read, of both passes. */
  readonly onProgress?: (done: number, total: number) => void
}

/** Two notes of one log that cannot both be true, or of which the later one shows less. */
export interface Contradiction {
  readonly log: string
  readonly kept: OpenedCheckpoint
  readonly shown: OpenedCheckpoint
}

export interface AuditedLog {
  readonly log: string
  /** Where it was read from. */
  readonly source: string
  readonly size: number
  readonly root: Hash
  /** Entries that could be read. */
  readonly entries: number
  readonly kinds: ReadonlyMap<EntryKind, number>
  readonly tiles: number
  /** Older checkpoints that its tree was held against, shown and kept. */
  readonly checkpoints: number
  readonly witnessed: Witnessed
}

export interface AuditResult {
  readonly verdict: Remarks['verdict']
  readonly at: number
  readonly ms: number
  readonly network: string
  readonly rosterDigest: Uint8Array
  readonly epoch: number
  readonly sources: readonly string[]
  readonly logs: readonly AuditedLog[]
  readonly signatures: number
  readonly references: ReferenceCounts
  readonly remarks: readonly Remark[]
  readonly counts: ReadonlyMap<RemarkCode, number>
  readonly contradictions: readonly Contradiction[]
}

/** One log, and what is to be read of it. */
interface OpenedLog {
  readonly node: RosterNode
  readonly files: LogFiles
  readonly newest: ShownCheckpoint
  readonly others: readonly ShownCheckpoint[]
}

/** @throws TamgaError and the like only for faults of ours: whatever is read becomes a remark */
export async function audit(options: AuditOptions, modules: AuditModules): Promise<AuditResult> {
  return new Audit(options, modules).run()
}

class Audit {
  readonly #options: AuditOptions
  readonly #modules: AuditModules
  readonly #remarks = new Remarks()
  readonly #entries: EntryCheck
  readonly #contradictions: Contradiction[] = []
  readonly #digest: Uint8Array
  readonly #trees = new Map<string, RebuiltTree>()
  #done = 0
  #total = 0

  constructor(options: AuditOptions, modules: AuditModules) {
    this.#options = options
    this.#modules = modules
    this.#digest = rosterDigest(options.rosterNote)
    const { roster } = options
    this.#entries = new EntryCheck(
      { roster, rosterDigest: this.#digest },
      { remarks: this.#remarks },
    )
  }

  async run(): Promise<AuditResult> {
    const { roster } = this.#options
    const { clock, sources } = this.#modules
    const at = clock.now()
    for (const source of sources) await this.#checkRoster(source)
    const opened: OpenedLog[] = []
    for (const node of roster.nodes) opened.push(...(await this.#open(node)))
    this.#total = 2 * opened.reduce((sum, { newest }) => sum + Number(newest.checkpoint.size), 0)
    const logs: AuditedLog[] = []
    for (const log of opened) logs.push(await this.#verify(log))
    for (const { files } of opened) await this.#readAgain(files)
    const references = this.#entries.finish()
    return {
      verdict: this.#remarks.verdict,
      at,
      ms: clock.now() - at,
      network: roster.network,
      rosterDigest: this.#digest,
      epoch: roster.epoch,
      sources: sources.map(({ name }) => name),
      logs,
      signatures: this.#entries.signatures,
      references,
      remarks: this.#remarks.shown,
      counts: this.#remarks.counts,
      contradictions: this.#contradictions,
    }
  }

  /** That the source is of this register: a log under another roster is another log. */
  async #checkRoster(source: LogSource): Promise<void> {
    const { authority } = this.#options
    const { name } = source
    try {
      const note = new TextDecoder().decode(await source.read('roster', NOTE_BYTES_MAX))
      openRoster(note, authority)
      if (equalBytes(rosterDigest(note), this.#digest)) return
      this.#remarks.add('roster', {}, `${name}: these logs were kept under another roster`)
    } catch (error) {
      if (asTamgaError(error).code !== 'internal') {
        this.#remarks.add('roster', {}, `${name}: ${asTamgaError(error).message}`)
      } else remarkUnreadable(error, '', this.#remarks)
    }
  }

  /** Finds what there is of a log, and keeps every checkpoint of it before anything else is done. */
  async #open(node: RosterNode): Promise<OpenedLog[]> {
    const { roster } = this.#options
    const { sources, kept } = this.#modules
    const shown: ShownCheckpoint[] = []
    for (const source of sources) {
      shown.push(...(await shownBy(source, node, { roster, remarks: this.#remarks })))
    }
    const before = [...kept.of(node.name)]
    await kept.keep(
      node.name,
      shown.map(({ checkpoint }) => checkpoint),
    )
    const [first, ...rest] = shown.filter(({ source }) => source !== undefined)
    if (!first) return []
    const newest = rest.reduce((most, other) => {
      return other.checkpoint.size > most.checkpoint.size ? other : most
    }, first)
    const known = before.map((checkpoint): ShownCheckpoint => {
      return { checkpoint, from: 'seen before', source: undefined }
    })
    const others = [...shown.filter((other) => other !== newest), ...known]
    const files = { log: node.name, source: newest.source!, folder: `logs/${node.name}` }
    return [{ node, files, newest, others }]
  }

  /** First pass: the tree, all that is said of it, and what the entries are. */
  async #verify({ node, files, newest, others }: OpenedLog): Promise<AuditedLog> {
    const log = node.name
    const { checkpoint } = newest
    const size = Number(checkpoint.size)
    const sizes = [checkpoint, ...others.map((other) => other.checkpoint)].map((each) => each.size)
    const tree = await rebuildTree(
      files,
      { size, sizes },
      {
        remarks: this.#remarks,
        visit: (bundle, leaves) => {
          this.#entries.learn(log, bundle, leaves)
          this.#progress(leaves.length)
        },
      },
    )
    this.#trees.set(log, tree)
    const isWhole = tree.size === size
    const isRebuilt = isWhole && equalBytes(tree.root, checkpoint.root)
    if (isWhole && !isRebuilt) {
      this.#remarks.add('root', { log }, 'the entries do not make the tree that the log signed')
    }
    for (const other of others) this.#compare(log, newest, other, isRebuilt ? tree : undefined)
    const { note } = checkpoint
    const witnessed = witnessedOf(note, log, this.#options.roster)
    this.#checkWitnessed(log, witnessed)
    return {
      log,
      source: files.source.name,
      size,
      root: checkpoint.root,
      entries: tree.size,
      kinds: this.#entries.kinds(log),
      tiles: tree.tiles,
      checkpoints: others.length,
      witnessed,
    }
  }

  /** Second pass: the entries themselves, as many as could be read before, and no other ones. */
  async #readAgain(files: LogFiles): Promise<void> {
    const { size, digests } = this.#trees.get(files.log)!
    try {
      for await (const bundle of bundlesOf(files, size)) {
        if (!equalBytes(bundle.digest, digests[bundle.from / TILE_WIDTH]!)) {
          throw new Unreadable(
            'unreadable',
            `entry ${bundle.from} and on changed while it was read`,
          )
        }
        this.#entries.check(files.log, bundle)
        this.#progress(bundle.entries.length)
      }
    } catch (error) {
      remarkBundle(error, { log: files.log, index: 0 }, this.#remarks)
    }
  }

  /** Holds an older checkpoint against the newest and its tree, if that could be rebuilt. */
  #compare(
    log: string,
    { checkpoint: newest }: ShownCheckpoint,
    { checkpoint, from }: ShownCheckpoint,
    tree: RebuiltTree | undefined,
  ): void {
    if (isSameTree(checkpoint, newest)) return
    const { size, root } = checkpoint
    const what = `of ${size} entries (${from})`
    const before = size === newest.size ? newest.root : tree?.roots.get(size)
    if (size > newest.size) {
      const less = `only ${newest.size} entries are shown, and there was a checkpoint ${what}`
      this.#remarks.add('rolled-back', { log }, less)
    } else if (before === undefined) {
      const unknown = `a checkpoint ${what} cannot be compared with a tree that is not whole`
      this.#remarks.add('unreadable', { log }, unknown)
      return
    } else if (equalBytes(before, root)) return
    else this.#remarks.add('split-view', { log }, `a checkpoint ${what} is of another tree`)
    this.#contradictions.push({ log, kept: checkpoint, shown: newest })
  }

  #checkWitnessed(log: string, { isWitnessed, isSafe, mirrors, witnesses }: Witnessed): void {
    const { demanded, roster } = this.#options
    if (!isWitnessed) {
      const what = `the newest checkpoint is cosigned by ${witnesses.length}, which is no quorum`
      const severity = demanded.witnessed ? 'finding' : 'note'
      this.#remarks.add('not-witnessed', { log, severity }, what)
    }
    if (!isSafe) {
      const what = `it is durably held by ${mirrors.length} others, not by ${roster.mirrors}`
      const severity = demanded.safe ? 'finding' : 'note'
      this.#remarks.add('not-safe', { log, severity }, what)
    }
  }

  #progress(entries: number): void {
    this.#done += entries
    this.#modules.onProgress?.(this.#done, this.#total)
  }
}
